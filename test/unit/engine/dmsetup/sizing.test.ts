import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  minimumPersistentSpareSectors,
  minimumSpareSectors,
  spareEfficiency,
  validatePersistentSpare,
  validateSizes,
} from '../../../../src/engine/dmsetup/sizing';
import { refusal } from '../../../support/remap/remapErrors';

/** KERNEL.md, section 2: main, default minimum, strict minimum. */
const KERNEL_TABLE = [
  [2_048, 66, 2_150],
  [204_800, 5_541, 215_040],
  [2_097_152, 56_634, 2_202_009],
  [4_194_304, 113_257, 4_404_019],
  [209_715_200, 5_662_322, 220_200_960],
  [2_147_483_648, 57_982_069, 2_254_857_830],
] as const;

describe('spare sizing', () => {
  for (const [main, minimum, strict] of KERNEL_TABLE) {
    it(`follows the kernel's rule for a main of ${main} sectors`, () => {
      assert.equal(minimumSpareSectors(main), minimum);
      assert.equal(minimumSpareSectors(main, { strict: true }), strict);
    });
  }

  it('reaches the size of the metadata at the mains that the reference names', () => {
    assert.ok(minimumSpareSectors(46_999) < 1280);
    assert.ok(minimumSpareSectors(47_000) >= 1280);
    // The kernel allocates from the first half of the spare only.
    assert.ok(Math.floor(minimumSpareSectors(94_450) / 2) > 1280);
    assert.ok(Math.floor(minimumSpareSectors(94_449) / 2) <= 1280);
  });

  it('caps the overhead at 20 percent', () => {
    assert.equal(minimumSpareSectors(204_800, { overheadPercent: 0 }), 12);
    assert.equal(
      minimumSpareSectors(204_800, { overheadPercent: 50 }),
      minimumSpareSectors(204_800, { overheadPercent: 20 }),
    );
  });

  it('accepts 5,541 sectors for 204,800 and refuses 5,540', () => {
    validateSizes(204_800, 5_541);
    const error = refusal(() => validateSizes(204_800, 5_540));
    assert.equal(error.code, 'ENOSPC');
    assert.match(error.message, /204800.*Spare device insufficient: 5540 < 5541 sectors/);
    assert.equal(error.details.targetError, 'Device compatibility validation failed');
    assert.deepEqual(error.details.kernelLines, [
      'Spare device insufficient: 5540 < 5541 sectors',
      '  Increase spare size or reduce spare_overhead_percent parameter',
      '  Current overhead: 2%, try lower value or use strict_spare_sizing=1',
    ]);
  });

  it('names the margin in strict mode', () => {
    validateSizes(204_800, 215_040, { strict: true });
    assert.deepEqual(refusal(() => validateSizes(204_800, 215_039, { strict: true })).details.kernelLines, [
      'Spare device insufficient: 215039 < 215040 sectors (need 204800 + 5% overhead)',
    ]);
  });

  it('refuses a main below 2,048 sectors before it looks at the spare', () => {
    validateSizes(2048, 66);
    const error = refusal(() => validateSizes(2047, 0));
    assert.equal(error.code, 'ENOSPC');
    assert.match(error.message, /Main device too small: 2047 < 2048 sectors/);
  });

  it('refuses what is no sector count', () => {
    for (const size of [-1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 60]) {
      assert.equal(refusal(() => validateSizes(size, 5541)).code, 'EINVAL');
      assert.equal(refusal(() => validateSizes(204_800, size)).code, 'EINVAL');
    }
  });

  it('asks for room after the metadata (R9, B24)', () => {
    assert.equal(minimumPersistentSpareSectors(1280), 1281);
    validatePersistentSpare(1281, 1280);
    assert.match(refusal(() => validatePersistentSpare(1280, 1280)).message, /1281/);
    assert.equal(refusal(() => validatePersistentSpare(3327, 1280, 2048)).details.minimumSpareSectors, 3328);
  });

  it('judges the spare as the kernel does', () => {
    assert.deepEqual(spareEfficiency(204_800, 5_541), {
      percent: 2,
      text: 'Excellent spare efficiency: 2 MB spare for 100 MB main (2%)',
    });
    assert.match(spareEfficiency(204_800, 20_480).text, /^Good spare efficiency: .*\(10%\)$/);
    assert.match(spareEfficiency(204_800, 102_400).text, /^Consider RAID1 mirroring: .*\(50%\)$/);
  });

  it('property: the minimum is accepted, one sector less is not, and a larger main never needs less', () => {
    const main = fc.integer({ min: 2048, max: 2 ** 35 });
    const options = fc.record({ strict: fc.boolean(), overheadPercent: fc.nat(30) });
    fc.assert(
      fc.property(main, options, (mainSectors, sizing) => {
        const minimum = minimumSpareSectors(mainSectors, sizing);
        validateSizes(mainSectors, minimum, sizing);
        assert.equal(refusal(() => validateSizes(mainSectors, minimum - 1, sizing)).code, 'ENOSPC');
        assert.ok(minimumSpareSectors(mainSectors + 1, sizing) >= minimum);
      }),
    );
  });
});
