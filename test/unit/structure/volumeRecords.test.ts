import assert from 'node:assert/strict';
import type { Records } from '../../../src/engine';
import { decodeVolumeRecords } from '../../../src/structure';
import { structureDisk } from '../../support/structureDisk';

const SIZE = 256;

/** Four inodes in the second sector of a volume and the one after it, of which some have checksums. */
async function decoded(verdicts: readonly (boolean | null)[], bad: number[] = []) {
  const bytes = new Uint8Array(4 * 512);
  for (let i = 0; i < 4; i++) bytes.set([0xa4, 0x81], 1024 + i * SIZE);
  const asked: number[] = [];
  const records: Records = {
    kind: 'inode',
    first: 11,
    byteOffset: 512,
    size: SIZE,
    count: 4,
    unitBytes: 1024,
    isChecksumRight: (number, record) => {
      assert.equal(record.length, SIZE);
      asked.push(number);
      return verdicts[number - 11]!;
    },
  };
  const { isChecksumRight, fields } = await decodeVolumeRecords(records, 1, structureDisk(bytes, 0, bad));
  const groups = fields.filter(({ level }) => level === 1).map(({ value }) => value);
  return { isChecksumRight, groups, asked };
}

describe('structures: records of a volume', () => {
  it('have the verdict that all checksums are right, or which are wrong', async () => {
    const plain = '8: file → 0 bytes';
    assert.deepEqual(await decoded([true, true, null, true]), {
      isChecksumRight: true,
      groups: [plain, plain, plain, plain],
      asked: [11, 12, 13, 14],
    });
    const { isChecksumRight, groups } = await decoded([true, false, null, true]);
    assert.equal(isChecksumRight, false);
    assert.deepEqual(groups, [plain, `${plain} · checksum wrong`, plain, plain]);
  });

  it('have none where no record has a checksum, and none of what can not be read', async () => {
    assert.equal((await decoded([null, null, null, null])).isChecksumRight, null);
    const { isChecksumRight, asked } = await decoded([false, false, true, true], [2]);
    assert.deepEqual([isChecksumRight, asked], [null, [13, 14]]);
    assert.equal((await decoded([true, true, false, true], [2])).isChecksumRight, false);
  });
});
