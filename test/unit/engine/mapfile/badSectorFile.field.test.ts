import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { faultOfTag } from '../../../../src/engine/block/mediumFault';
import { parseBadSectors } from '../../../../src/engine/mapfile/badSectorFile';
import { FIXTURES } from '../../../support/fixtures';

/** What a list must give: ranges, or a text that the refusal carries. */
interface Expected {
  readonly blockSize?: number;
  readonly bad?: readonly (readonly [number, number])[];
  readonly flakey?: string;
  readonly mode?: string;
  readonly refused?: string;
}

const FOLDER = join(FIXTURES, 'field');

/** Lists as people had them. */
describe('lists from the field', () => {
  const description = join(FOLDER, 'expected.json');
  const { image, lists } = existsSync(description)
    ? JSON.parse(readFileSync(description, 'utf8'))
    : { image: { sectors: 0 }, lists: {} };

  it('are here', function () {
    if (Object.keys(lists).length > 0) return;
    console.log(`      skipped: ${description} is absent`);
    this.skip();
  });

  for (const [name, expected] of Object.entries(lists as Record<string, Expected>)) {
    it(`${name}: ${expected.refused === undefined ? 'is read' : `is refused, ${expected.refused}`}`, () => {
      const path = join(FOLDER, name);
      const options = { path, sectorCount: image.sectors, blockSize: expected.blockSize };
      const read = () => parseBadSectors(readFileSync(path), options);
      if (expected.refused !== undefined) {
        assert.throws(read, { code: 'EINVAL', message: new RegExp(`${expected.refused}\\b`) });
        return;
      }
      const { badSectors, flakey } = read();
      assert.deepEqual([...badSectors], expected.bad);
      assert.equal(flakey, expected.flakey);
      if (expected.mode === undefined) return;
      for (const { tag } of badSectors.tagged()) assert.equal(faultOfTag(tag).mode, expected.mode);
    });
  }
});
