import assert from 'node:assert/strict';
import * as kernel from '../../../../src/engine/dmsetup/kernelTexts';
import { validateSizes } from '../../../../src/engine/dmsetup/sizing';
import { RemapError } from '../../../../src/engine/errors';

describe('kernel log', () => {
  it('puts the prefix of the dialect before each level', () => {
    const levels = ['info', 'warning', 'error'] as const;
    assert.deepEqual(
      levels.map((level) => kernel.formatKernelLine({ level, text: 'x' })),
      ['dm-remap: x', 'dm-remap: WARNING: x', 'dm-remap: ERROR: x'],
    );
    assert.deepEqual(
      levels.map((level) => kernel.formatKernelLine({ level, text: 'x' }, 'v4.0.3')),
      ['dm-remap v4.0 real: x', 'dm-remap v4.0: x', 'dm-remap v4.0 real: ERROR: x'],
    );
  });

  it("tells a failing sector's story as the project's logs recorded it", () => {
    const lines = [kernel.ioErrorDetected(204_672), kernel.remapSucceeded(204_672, 0)];
    assert.deepEqual(
      lines.map((line) => kernel.formatKernelLine(line, 'v4.0.3')),
      [
        'dm-remap v4.0: I/O error detected on sector 204672 (error=-5)',
        'dm-remap v4.0 real: Successfully remapped failed sector 204672 -> 0',
      ],
    );
  });

  it('has the texts that the reference quotes', () => {
    const cases: [kernel.KernelLine, string, string][] = [
      [kernel.alreadyRemapped(7), 'error', 'Sector 7 already remapped but still failing'],
      [kernel.spareExhausted(7), 'error', 'No spare sectors available for write-ahead remap of sector 7'],
      [kernel.spareExhausted(7, 'v4.0.3'), 'error', 'No spare sectors available for remapping sector 7'],
      [kernel.metadataCorruption(3), 'warning', 'Metadata corruption detected: 3/5 copies valid'],
    ];
    for (const [line, level, text] of cases) assert.deepEqual(line, { level, text });
  });

  it('logs the lines that a refusal carries, and the message of any other', () => {
    const refusal = (() => {
      try {
        validateSizes(204_800, 5_540);
      } catch (error) {
        return error as RemapError;
      }
      assert.fail('was not refused');
    })();
    const lines = kernel.deviceRefused(refusal);
    assert.equal(lines.length, 3);
    assert.deepEqual(lines[0], {
      level: 'error',
      text: 'Spare device insufficient: 5540 < 5541 sectors',
    });
    assert.deepEqual(kernel.deviceRefused(new RemapError('EBUSY', 'main.img is in use')), [
      { level: 'error', text: 'main.img is in use' },
    ]);
  });

  it('names both devices and judges the spare when a device is built', () => {
    const device = { main: '/a', spare: '/b', mainSectors: 204_800, spareSectors: 102_400 };
    assert.deepEqual(
      kernel.deviceCreated(device).map(({ text }) => text),
      [
        'Consider RAID1 mirroring: 50 MB spare for 100 MB main (50%)',
        'Device created: main=/a (204800 sectors), spare=/b (102400 sectors)',
      ],
    );
  });

  it('counts in singular and plural', () => {
    assert.equal(kernel.metadataRepaired([2]).text, 'Metadata repaired: copy 2');
    assert.equal(kernel.metadataRepaired([0, 2]).text, 'Metadata repaired: copies 0, 2');
    assert.match(kernel.remapsNotPersisted(1).text, /^1 remap is not in use/);
    assert.match(kernel.remapsNotPersisted(5).text, /^5 remaps are not in use/);
  });
});
