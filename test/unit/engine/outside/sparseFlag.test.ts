import assert from 'node:assert/strict';
import { statSync, writeFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createImage } from '../../../../src/engine/block/image';
import { makeSparse } from '../../../../src/engine/outside/sparseFlag';
import { holelessFiles } from '../../../support/outside/holelessFiles';
import { putFiles } from '../../../support/outside/putDoors';
import { tempFolder } from '../../../support/tempFolder';

describe('the sparse flag', () => {
  const folder = tempFolder();
  const { SystemRoot } = process.env;

  afterEach(() => {
    if (SystemRoot === undefined) delete process.env.SystemRoot;
    else process.env.SystemRoot = SystemRoot;
  });

  const places: readonly { readonly name: string; put(root: string): unknown }[] = [
    { name: 'is missing', put: (root) => mkdir(root) },
    // Node doesn't reject then, as it does for a missing program: it throws.
    { name: 'is below a file', put: (root) => writeFileSync(root, '') },
    { name: 'is a folder', put: (root) => mkdir(join(root, 'System32', 'fsutil.exe'), { recursive: true }) },
  ];
  for (const { name, put } of places) {
    it(`is not set where its program ${name}: an image takes its full size then, and that is told`, async () => {
      const root = folder.path('Windows');
      await put(root);
      process.env.SystemRoot = root;
      putFiles({ ...holelessFiles(), makeSparse: (path) => makeSparse(path, 'win32') });
      const path = folder.path('main.img');
      const { isFull, byteCount } = await createImage(path, 2048);
      assert.deepEqual([isFull, byteCount], [true, 2 ** 20]);
      assert.equal(statSync(path).size, 2 ** 20);
    });
  }
});
