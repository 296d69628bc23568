import assert from 'node:assert/strict';
import { applyFixups } from '../../../../../src/engine/volume/ntfs/fixups';
import { withFixups } from '../../../../support/volume/ntfs/ntfsAttributes';

function structure(length: number): Buffer {
  const bytes = Buffer.alloc(length, 0x5a);
  bytes.writeUInt16LE(0x30, 4);
  return withFixups(bytes);
}

describe('applyFixups', () => {
  it('puts back the last two bytes of every 512', () => {
    for (const length of [512, 1024, 4096]) {
      const bytes = structure(length);
      assert.ok(applyFixups(bytes));
      for (let end = 512; end <= length; end += 512) assert.equal(bytes.readUInt16LE(end - 2), 0x5a5a);
    }
  });

  it('notices a sector of another write, and leaves it as it is', () => {
    const bytes = structure(2048);
    bytes.writeUInt16LE(6, 1022);
    const before = Buffer.from(bytes);
    assert.ok(!applyFixups(bytes));
    assert.deepEqual(bytes, before);
  });

  it('refuses fixups at a place or in a number that can not be', () => {
    for (const [at, value] of [
      [4, 0x10],
      [4, 0x31],
      [4, 508],
      [6, 2],
      [6, 0],
    ] as const) {
      const bytes = structure(1024);
      bytes.writeUInt16LE(value, at);
      assert.ok(!applyFixups(bytes), `${at}: ${value}`);
    }
  });
});
