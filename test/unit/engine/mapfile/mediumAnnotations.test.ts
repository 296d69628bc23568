import assert from 'node:assert/strict';
import { tagOfFault } from '../../../../src/engine/block/mediumFault';
import { createMapfile } from '../../../../src/engine/mapfile/mapfile';
import { formatText, parseText } from '../../../support/mapfile/mapfileText';

describe('our comments in a rescue map', () => {
  const faults = [
    { first: 3, sectorCount: 2, tag: tagOfFault({ mode: 'dust' }), badCount: 2 },
    { first: 5, sectorCount: 1, tag: tagOfFault({ mode: 'dust', writeFailures: 255 }), badCount: null },
    { first: 2 ** 35, sectorCount: 1, tag: tagOfFault({ mode: 'error', readFailures: 4 }), badCount: 1 },
  ];
  const mapfile = { ...createMapfile(2 ** 45), faults, enabled: false, quiet: true };

  it('say how sectors fail, and survive being read and written', () => {
    const text = formatText(mapfile);
    assert.deepEqual(text.split('\n').slice(1, 5), [
      '# Remap Inspector: medium disabled quiet',
      '# Remap Inspector: fault 0x00000600 0x00000400 dust 0 2',
      '# Remap Inspector: fault 0x00000A00 0x00000200 dust 255',
      '# Remap Inspector: fault 0x100000000000 0x00000200 error 4 1',
    ]);
    const read = parseText(text);
    assert.deepEqual(read.faults, faults);
    assert.deepEqual([read.enabled, read.quiet], [false, true]);
    assert.equal(formatText(read), text);
  });

  const damaged = [
    'medium broken',
    'fault',
    'other 5',
    'fault 0x100 0x200 dust',
    'fault 0x200 0x100 dust',
    'fault 0x200 0x0 dust',
    'fault 0x200 0x200 sand',
    'fault 0x200 0x200 dust 256',
    'fault 0x200 0x200 dust -1',
    'fault 0x200 0x200 dust 1 x',
    'fault 0x200 0x200 dust 1 1 1',
    'fault 512 512 dust',
    'fault 0xFFFFFFFFFFFFFFFF 0x200 dust',
  ];
  for (const text of damaged) {
    it(`are refused when damaged: ${text}`, () => {
      assert.throws(() => parseText(`# x\n# Remap Inspector: ${text}\n0 + 1\n`), {
        code: 'EINVAL',
        details: { path: 'a.map', line: 2 },
      });
    });
  }
});
