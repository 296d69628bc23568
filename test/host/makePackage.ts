import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createVSIX, listFiles, PackageManager } from '@vscode/vsce';
import { packagedManifest, packagedReadme } from './packagedPages';
import { rootFolder } from './paths';
import { npm, runMain } from './processes';

/**
 * Makes the `.vsix`. VS Code and the marketplace show the README without the files beside it: the package has one in
 * which every link leads somewhere, and neither the pictures nor the pages that only the repository has.
 */
runMain(async () => {
  const { values } = parseArgs({ options: { out: { type: 'string' } } });
  const staged = join(rootFolder, 'out', 'package');
  await npm(['run', 'vscode:prepublish'], { cwd: rootFolder });
  await rm(staged, { recursive: true, force: true });
  for (const file of await listFiles({ cwd: rootFolder, packageManager: PackageManager.None })) {
    await mkdir(dirname(join(staged, file)), { recursive: true });
    await cp(join(rootFolder, file), join(staged, file));
  }
  await writeFile(join(staged, '.vscodeignore'), '');
  const manifest = JSON.parse(await readFile(join(rootFolder, 'package.json'), 'utf8'));
  const readme = await readFile(join(rootFolder, 'README.md'), 'utf8');
  await writeFile(join(staged, 'package.json'), JSON.stringify(packagedManifest(manifest), null, 2));
  await writeFile(join(staged, 'README.md'), packagedReadme(readme, manifest));
  await createVSIX({
    cwd: staged,
    dependencies: false,
    allowMissingRepository: true,
    packagePath: resolve(values.out ?? join(rootFolder, `${manifest.name}-${manifest.version}.vsix`)),
  });
  return 0;
});
