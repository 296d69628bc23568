import assert from 'node:assert/strict';
import { addRun, decodeRuns, type Run, runIndexAt } from '../../../../../src/engine/volume/ntfs/runList';
import { encodeRuns } from '../../../../support/volume/ntfs/ntfsAttributes';

const VOLUME = 2 ** 40;

function decoded(hex: string, firstVcn = 0): unknown {
  const list = decodeRuns(Buffer.from(hex.replaceAll(' ', ''), 'hex'), firstVcn, VOLUME);
  return list && [list.clusterCount, list.runs.map(({ vcn, lcn, clusterCount }) => [vcn, lcn, clusterCount])];
}

describe('decodeRuns', () => {
  it('reads lengths without and offsets with a sign', () => {
    assert.deepEqual(decoded('21 18 34 56 11 c8 f0 00'), [
      0x18 + 0xc8,
      [
        [0, 0x5634, 0x18],
        [0x18, 0x5634 - 16, 0xc8],
      ],
    ]);
  });

  it('takes a run at cluster 0 for one, and no offset for a hole', () => {
    assert.deepEqual(decoded('11 02 00 01 05 11 01 09 00', 100), [
      8,
      [
        [100, 0, 2],
        [107, 9, 1],
      ],
    ]);
  });

  it('reads numbers of 8 bytes exactly, small negative ones too', () => {
    const runs = [
      [2 ** 39 + 12_345, 7],
      [2 ** 39 + 12_340, 2],
      [null, 2 ** 45],
      [3, 1],
    ] as const;
    for (const width of [0, 3, 7, 8]) {
      const list = decodeRuns(encodeRuns(runs, width), 0, VOLUME);
      assert.equal(list?.clusterCount, 2 ** 45 + 10);
      assert.deepEqual(
        list?.runs.map(({ lcn, clusterCount }) => [lcn, clusterCount]),
        runs.filter(([lcn]) => lcn !== null),
      );
    }
  });

  const damaged: Record<string, string> = {
    'no end': '11 02 05',
    'a number that is cut off': '41 02 05 00',
    'no length': '10 05 00',
    'a length of 9 bytes': '09 01 01 01 01 01 01 01 01 01 00',
    'an offset of 9 bytes': '91 01 01 01 01 01 01 01 01 01 01 00',
    'a length of 0': '11 00 05 00',
    'a place before the volume': '11 02 fe 00',
    'a place beyond the volume': '61 02 00 00 00 00 00 01 00',
    'a place beyond all': '81 02 00 00 00 00 00 00 00 7f 00',
    'a length beyond all': '08 ff ff ff ff ff ff ff ff 00',
  };
  for (const [name, hex] of Object.entries(damaged))
    it(`refuses ${name}`, () => assert.equal(decoded(hex), null));
});

describe('addRun', () => {
  it('joins runs that follow one another in both numberings', () => {
    const runs: Run[] = [];
    addRun(runs, { vcn: 0, lcn: 10, clusterCount: 2 });
    addRun(runs, { vcn: 2, lcn: 12, clusterCount: 3 });
    addRun(runs, { vcn: 6, lcn: 15, clusterCount: 1 });
    assert.deepEqual(runs, [
      { vcn: 0, lcn: 10, clusterCount: 5 },
      { vcn: 6, lcn: 15, clusterCount: 1 },
    ]);
  });
});

describe('runIndexAt', () => {
  it('finds the run of a cluster, or the next', () => {
    const runs = [
      { vcn: 0, lcn: 10, clusterCount: 2 },
      { vcn: 5, lcn: 20, clusterCount: 2 },
    ];
    assert.deepEqual(
      [0, 1, 2, 5, 6, 7].map((vcn) => runIndexAt(runs, vcn)),
      [0, 0, 1, 1, 1, 2],
    );
  });
});
