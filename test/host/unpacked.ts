import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listFiles, PackageManager } from '@vscode/vsce';
import { rootFolder } from './paths';
import { npm } from './processes';

/** Builds the extension and puts what its package would hold into the embedded VS Code's extensions folder. */
export async function installUnpacked(dataFolder: string): Promise<void> {
  await npm(['run', 'build'], { cwd: rootFolder });
  const manifest = JSON.parse(await readFile(join(rootFolder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const name = `${manifest.publisher}.${manifest.name}-${manifest.version}`.toLowerCase();
  for (const file of await listFiles({ cwd: rootFolder, packageManager: PackageManager.None })) {
    await cp(join(rootFolder, file), join(dataFolder, 'extensions', name, file));
  }
}
