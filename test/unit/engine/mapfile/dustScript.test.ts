import assert from 'node:assert/strict';
import fc from 'fast-check';
import { faultOfTag, tagOfFault } from '../../../../src/engine/block/mediumFault';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { parseDustScript } from '../../../../src/engine/mapfile/dustScript';
import { arbitraryBadSectors } from '../../../support/mapfile/arbitraries';
import { dustScriptText } from '../../../support/mapfile/listWriters';

const bytes = (text: string) => Buffer.from(text, 'latin1');
const script = (text: string) => parseDustScript(bytes(text), { path: 'a.sh', sectorCount: 100 });
const invalidScript = (line: number, message: RegExp) => ({
  code: 'EINVAL',
  details: { path: 'a.sh', line },
  message,
});

describe('script of dm-dust messages', () => {
  it('is read in all the forms that people write', () => {
    const text = `#!/bin/sh
      set -e
      dmsetup create dust1 --table '0 100 dust /dev/vdb1 0 512'   # addbadblock 99
      dmsetup message dust1 0 addbadblock 60
      sudo dmsetup message dust1 0 "addbadblock 61 3"; dmsetup message dust1 0 AddBadBlock 63
      dmsetup message enable 0 addbadblock 1 && dmsetup message enable 0 removebadblock 1
      addbadblock 62
      dmsetup message dust1 0 enable\n`;
    assert.deepEqual(
      [...script(text).tagged()].map(({ first, sectorCount, tag }) => [first, sectorCount, faultOfTag(tag)]),
      [
        [60, 1, { mode: 'dust' }],
        [61, 1, { mode: 'dust', writeFailures: 3 }],
        [62, 2, { mode: 'dust' }],
      ],
    );
  });

  it('clears, and keeps the first of two additions, as the target does', () => {
    const set = script('addbadblock 5\nclearbadblocks\naddbadblock 6 2\naddbadblock 6 9\nremovebadblock 7\n');
    assert.deepEqual(
      [...set.tagged()],
      [{ first: 6, sectorCount: 1, tag: tagOfFault({ mode: 'dust', writeFailures: 2 }) }],
    );
  });

  it('names the line of what it can not understand', () => {
    assert.throws(() => script('\naddbadblock $i\n'), invalidScript(2, /'\$i' is not a decimal number/));
    assert.throws(() => script('addbadblock\n'), invalidScript(1, /needs a block/));
    assert.throws(() => script('addbadblock 1 2 3\n'), invalidScript(1, /needs a block/));
    assert.throws(() => script('removebadblock 1 2\n'), invalidScript(1, /removebadblock needs a block$/));
    assert.throws(() => script('addbadblock 1 256\n'), invalidScript(1, /at most 255/));
    assert.throws(() => script('addbadblock 100\n'), invalidScript(1, /outside the device/));
    assert.throws(() => script('addbadblock -1\n'), invalidScript(1, /not a decimal/));
  });

  it('comes back the same when it is written from dust sectors', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(96), (set) => {
        const read = script(dustScriptText(set, 'dust1'));
        const expected = RangeSet.from(
          [...set.tagged()].map(({ first, sectorCount, tag }) => {
            const fault = faultOfTag(tag);
            return [
              first,
              sectorCount,
              fault.mode === 'dust' ? tag : tagOfFault({ mode: 'dust', writeFailures: 255 }),
            ];
          }),
        );
        assert.deepEqual([...read.tagged()], [...expected.tagged()]);
      }),
    );
  });
});
