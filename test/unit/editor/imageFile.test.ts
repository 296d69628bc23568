import assert from 'node:assert/strict';
import { statSync, truncateSync, writeFileSync } from 'node:fs';
import { ImageFile } from '../../../src/editor/imageFile';
import { assertFailsWith } from '../../support/remap/remapErrors';
import { tempFolder } from '../../support/tempFolder';

describe('imageFile', () => {
  const folder = tempFolder();

  it('does not lengthen a file again that was shortened, not by its last part of a sector either (R13)', async () => {
    const path = folder.path('odd.img');
    writeFileSync(path, Buffer.alloc(1000, 1));
    const file = await ImageFile.open(path);
    truncateSync(path, 600);
    await assertFailsWith(file.write(1, new Uint8Array(488)), 'EIO', /became shorter/);
    assert.equal(statSync(path).size, 600);
    truncateSync(path, 512);
    await assert.rejects(file.write(0, new Uint8Array(1000)));
    assert.equal(statSync(path).size, 512);
    await file.close();
  });
});
