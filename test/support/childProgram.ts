import { mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A program of this folder for the tests of the enclosing `describe`, as a file that Node runs: bundled when they begin,
 * since the tests themselves run as bundles. Call in the `describe`, use in the tests.
 * @param source its path inside `test/support`
 */
export function childProgram(source: string): { readonly path: string } {
  let folder = '';
  const program = { path: '' };
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'remap-child-'));
    program.path = join(folder, 'child.js');
    const { buildSync } = createRequire(join(process.cwd(), 'package.json'))(
      'esbuild',
    ) as typeof import('esbuild');
    const entryPoints = [join(process.cwd(), 'test', 'support', source)];
    buildSync({ entryPoints, outfile: program.path, bundle: true, platform: 'node', logLevel: 'error' });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  return program;
}
