import assert from 'node:assert/strict';
import { UnreadableError } from '../../../../src/engine/volume/volumeReader';
import { BytesSource } from '../../../support/volume/volumeFixture';

const SECTORS = 400;

/** Each sector's bytes are its number, modulo 251. */
function numbered(unreadable: readonly number[] = []): BytesSource {
  const bytes = Uint8Array.from({ length: SECTORS * 512 }, (_, i) => Math.floor(i / 512) % 251);
  return new BytesSource(bytes, new Set(unreadable));
}

describe('VolumeReader', () => {
  it('reads bytes from the start of the volume, across pages', async () => {
    const bytes = await numbered()
      .reader(10)
      .bytes(5 * 512 + 511, 514, 'a table');
    assert.deepEqual([bytes[0], bytes[1], bytes[512], bytes[513]], [15, 16, 16, 17]);
  });

  for (const length of [3 * 512, 200 * 512]) {
    it(`fails for unreadable sectors of a read of ${length} bytes, and names them from the start of the disk`, async () => {
      const reader = numbered([20, 21, 23, 300]).reader(10);
      await assert.rejects(reader.bytes(10 * 512 + 1, length, 'the table'), (error) => {
        assert.ok(error instanceof UnreadableError);
        assert.equal(error.doubt.reason, "the table can't be read");
        assert.deepEqual(error.doubt.ranges, [
          [20, 2],
          [23, 1],
        ]);
        return true;
      });
      assert.equal((await reader.bytes(12 * 512, 512, 'its neighbour'))[0], 22);
    });

    it(`gives what can be read of ${length} bytes, and the sectors that can't`, async () => {
      const reader = numbered([21]).reader(10);
      const { bytes, unreadable } = await reader.whatCanBeRead(10 * 512 + 7, length, 'the table');
      assert.deepEqual(unreadable, [11]);
      assert.equal(bytes.length, length);
      assert.deepEqual([bytes[0], bytes[1024]], [20, 22]);
    });
  }

  it('refuses what lies beyond the end of the volume, and not what ends there', async () => {
    const reader = numbered().reader(10, 50);
    assert.equal((await reader.sectors(49, 1, 'the last'))[0], 59);
    for (const [offset, length] of [
      [49 * 512, 513],
      [-1, 5],
      [Number.NaN, 5],
      [2 ** 60, 1],
    ] as const) {
      await assert.rejects(reader.bytes(offset, length, 'it'), /it lies beyond the end of the volume/);
    }
  });

  it('keeps pages: a second read of the same bytes reads nothing', async () => {
    const source = numbered();
    const reader = source.reader();
    await reader.bytes(0, 512, 'it');
    const before = source.sectorsRead;
    await reader.bytes(600, 512, 'it');
    assert.equal(source.sectorsRead, before);
  });
});
