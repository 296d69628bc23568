import assert from 'node:assert/strict';
import { labelOfEdit, labelOfFile, labelOfFill } from '../../../src/editor/editLabels';

describe('sector editor: labels of edits', () => {
  it('name each kind of edit, with how much it changes', () => {
    assert.equal(labelOfEdit('typed', 1), 'Overwrite Byte');
    assert.equal(labelOfEdit('typed', 4), 'Overwrite 4 Bytes');
    assert.equal(labelOfEdit('pasted', 2048), 'Paste 2,048 Bytes');
    assert.equal(labelOfEdit('cleared', 512), 'Overwrite Sector with Zeros');
    assert.equal(labelOfFill(1), 'Fill Byte');
    assert.equal(labelOfFile('boot.bin', 0), 'Write boot.bin at Sector 0');
  });
});
