import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for each test of the enclosing `describe`, removed after it. Call in the `describe`, use in the tests. */
export function tempFolder(): { path(name?: string): string } {
  let folder = '';
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'remap-test-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  return { path: (name = '') => join(folder, name) };
}
