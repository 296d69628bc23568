import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * A folder for each test of the enclosing `describe`. Call in the `describe`, use in the tests. The folders are removed
 * after the last test: an image that goes while it is open is displaced (R13), and a later hook couldn't close it.
 */
export function tempFolder(): { path(name?: string): string } {
  const folders: string[] = [];
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'remap-test-'));
    folders.push(folder);
  });
  after(() => {
    for (const each of folders) rmSync(each, { recursive: true, force: true });
  });
  return { path: (name = '') => join(folder, name) };
}
