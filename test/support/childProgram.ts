import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { bundle } from './bundle';

/** Where they are bundled already, by the paths of their sources, for a system that our bundler isn't installed for. */
const bundled = process.env.REMAP_CHILD_PROGRAMS;

/**
 * A program of this folder, or of another one, for the tests of the enclosing `describe`, as a file that Node runs: bundled
 * when they begin, since the tests themselves run as bundles. Call in the `describe`, use in the tests.
 * @param source its path inside `folder`
 * @param options as {@link bundle} has them, where it is bundled here
 */
export function childProgram(
  source: string,
  folder = join('test', 'support'),
  options: Parameters<typeof bundle>[2] = {},
): { readonly path: string } {
  let place = '';
  const program = { path: '' };
  before(() => {
    if (bundled !== undefined) {
      program.path = join(bundled, relative('test', folder), source.replace(/\.ts$/, '.js'));
      return;
    }
    place = mkdtempSync(join(tmpdir(), 'remap-child-'));
    program.path = join(place, 'child.js');
    bundle(join(folder, source), program.path, options);
  });
  after(() => {
    if (place !== '') rmSync(place, { recursive: true, force: true });
  });
  return program;
}
