import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/** Puts the extension of `demo.ts` into a folder, in the form in which VS Code loads an extension. */
export async function writeDemoExtension(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await cp(join(__dirname, 'demo.js'), join(folder, 'demo.js'));
  const manifest = {
    name: 'demo',
    publisher: 'remap-inspector-start',
    version: '1.0.0',
    engines: { vscode: '^1.100.0' },
    extensionKind: ['workspace'],
    activationEvents: ['onStartupFinished'],
    main: './demo.js',
  };
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest));
}
