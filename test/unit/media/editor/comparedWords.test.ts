import assert from 'node:assert/strict';
import { comparedWords } from '../../../../media/editor/comparedWords';
import { SectorCache } from '../../../../media/editor/sectorCache';
import { turn } from '../../../support/turns';

describe('sector editor: what a heading says of a comparison', () => {
  it('is how many bytes differ, what is not known, and what only this side has', async () => {
    const differing = new Uint8Array(5 * 512);
    differing[512] = 1;
    differing.fill(1, 1024, 1027);
    const cache = new SectorCache(
      5 * 512,
      async () => ({
        firstSector: 0,
        bytes: new Uint8Array(5 * 512),
        unreadable: [],
        origins: [],
        unsaved: [],
        compared: { differing, unknown: [[3, 1]], alone: [[4, 1]] },
      }),
      () => undefined,
    );
    assert.equal(comparedWords(cache.sector(0)), '');
    cache.want([[0, 5]], 1);
    await turn();
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((sector) => comparedWords(cache.sector(sector))),
      [
        '',
        '≠ 1 byte differs',
        '≠ 3 bytes differ',
        '? not compared: can’t be read in one or both',
        '+ only on this side',
      ],
    );
  });
});
