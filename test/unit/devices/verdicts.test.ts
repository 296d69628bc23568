import assert from 'node:assert/strict';
import { Verdicts } from '../../../src/devices/verdicts';
import type { MetadataReport, RemapDevice } from '../../../src/engine';

const verification = (sectors: number[], ok: boolean) => ({
  verified: ok ? sectors.length : 0,
  total: sectors.length,
  results: sectors.map((sector) => ({ sector, ok, expected: 'x', actual: 'x', source: 'main' })),
});

describe('verdicts', () => {
  it('hold until their sector may have changed', () => {
    const verdicts = new Verdicts();
    verdicts.recordMarkers('disk', verification([1, 5, 9], true));
    verdicts.follow({ kind: 'sectors', device: 'other' });
    verdicts.follow({ kind: 'sectors', device: 'disk', sectors: [[4, 2]] });
    assert.deepEqual(
      [1, 5, 9].map((sector) => verdicts.marker('disk', sector)?.ok),
      [true, undefined, true],
    );
    verdicts.recordMarkers('disk', verification([5], false));
    assert.equal(verdicts.marker('disk', 5)?.ok, false);
    verdicts.follow({ kind: 'sectors', device: 'disk' });
    assert.equal(verdicts.marker('disk', 1), undefined);
  });

  it('go with their device', () => {
    const verdicts = new Verdicts();
    verdicts.recordMarkers('disk', verification([1], true));
    verdicts.follow({ kind: 'removed', device: 'disk', comesBack: false });
    assert.equal(verdicts.marker('disk', 1), undefined);
  });

  it('on metadata are read again only after a commit or on request', async () => {
    let reads = 0;
    let sequence = 1;
    let stale = 3;
    const device = {
      name: 'disk',
      info: () => ({ metadata: { valid: 5, stale, sequence } }),
      checkMetadata: async (): Promise<MetadataReport> => {
        reads++;
        return { copies: [], winner: 0, sequence, remaps: 0 };
      },
    } as unknown as RemapDevice;
    const verdicts = new Verdicts();
    await verdicts.metadata(device);
    await verdicts.metadata(device);
    assert.equal(reads, 1);
    sequence = 2;
    assert.equal((await verdicts.metadata(device)).sequence, 2);
    stale = 0;
    await verdicts.metadata(device);
    assert.equal(reads, 3);
    verdicts.forgetMetadata('disk');
    await verdicts.metadata(device);
    assert.equal(reads, 4);
  });
});
