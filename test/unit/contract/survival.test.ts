import assert from 'node:assert/strict';
import { describeSurvival, formatSurvival } from '../../../src/contract/survival';
import type { DeviceInfo, MarkerResult } from '../../../src/engine';

const device = (remaps: number, reads: number, writes: number) =>
  ({ name: 'disk', remaps, statistics: { reads, writes, errors: 1 } }) as unknown as DeviceInfo;

const found: MarkerResult = {
  sector: 1000,
  ok: true,
  expected: 'm',
  actual: 'm',
  source: 'spare sector 1280',
};
const lost: MarkerResult = { ...found, ok: false, actual: '', failure: 'lost', reason: 'zeros' };

describe('what came through a reload', () => {
  it('is said with the counters that restarted', () => {
    const verification = { verified: 1, total: 1, results: [found] };
    const survival = {
      what: 'the reload',
      before: device(1, 1200, 11),
      after: device(1, 0, 0),
      verification,
    };
    assert.equal(
      describeSurvival(survival),
      'disk: 1/1 sectors verified after the reload, 1 remap kept. The counters restarted: reads 1,200 → 0, writes 11 → 0.',
    );
    assert.equal(
      formatSurvival(survival),
      [
        '✓ Sector 1000: Data preserved! ("m"), from spare sector 1280',
        '',
        'Result: 1/1 sectors verified (100% data integrity)',
        '',
        'Before → after the reload',
        'Remaps  1 remap kept',
        'Reads   1,200 → 0',
        'Writes  11 → 0',
        'Errors  1 → 1',
        '',
      ].join('\n'),
    );
  });

  it('is said with what is lost', () => {
    const verification = { verified: 0, total: 1, results: [lost] };
    const survival = {
      what: 'the power loss',
      before: device(3, 1, 1),
      after: device(2, 0, 0),
      verification,
    };
    assert.match(
      describeSurvival(survival),
      /^disk: 0\/1 sectors verified after the power loss, 1 marker lost, 2 of 3 remaps kept\. /,
    );
  });
});
