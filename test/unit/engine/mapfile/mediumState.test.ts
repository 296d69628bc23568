import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { createMapfile } from '../../../../src/engine/mapfile/mapfile';
import { mediumOf, withMedium } from '../../../../src/engine/mapfile/mediumState';
import type { RescueBlocks } from '../../../../src/engine/mapfile/rescueBlocks';
import { arbitraryBadSectors, arbitraryMapfile } from '../../../support/mapfile/arbitraries';
import { formatText, parseText } from '../../../support/mapfile/mapfileText';

const healthy = { enabled: true, quiet: false };

/** Sectors of the medium in the property tests; their maps may be shorter or longer. */
const SECTORS = 24;
const BYTES = 2 * SECTORS * SECTOR_SIZE;

function statusesOf(blocks: RescueBlocks): string[] {
  const statuses: string[] = new Array(BYTES).fill(' ');
  for (const { start, end, status } of blocks) statuses.fill(status, start, Math.min(end, BYTES));
  return statuses;
}

describe('medium of a mapfile', () => {
  it('has a bad sector wherever any byte is bad', () => {
    const mapfile = parseText(
      '0 + 1\n0 1023 +\n1023 2 -\n1025 511 +\n1536 512 -\n2048 512 /\n2560 1 -\n2561 9999 *\n',
    );
    assert.deepEqual(
      [...mediumOf(mapfile, 100).badSectors],
      [
        [1, 3],
        [5, 1],
      ],
    );
  });

  it('ends where the device ends', () => {
    const mapfile = parseText('0 + 1\n0 512 +\n512 0x7FFFFFFFFFFFFFFF -\n');
    assert.deepEqual([...mediumOf(mapfile, 100).badSectors], [[1, 99]]);
    assert.deepEqual([...mediumOf(mapfile, 1).badSectors], []);
  });

  it('takes the faults from our comments, for bad sectors only', () => {
    const comments =
      '# Remap Inspector: fault 0x00000000 0x00000400 dust 3\n# Remap Inspector: medium quiet\n';
    const medium = mediumOf(parseText(`${comments}0 + 1\n0 512 +\n512 1024 -\n`), 100);
    assert.deepEqual(
      [...medium.badSectors.tagged()].map((run) => [run.first, run.sectorCount, run.tag & 1]),
      [
        [1, 1, 1],
        [2, 1, 0],
      ],
    );
    assert.equal(medium.quiet, true);
  });
});

describe('mapfile brought up to date with a medium', function () {
  this.timeout(60_000);

  it('marks new bad sectors, and heals others, byte by byte where blocks are no whole sectors', () => {
    const mapfile = parseText('0x200 - 2\n0 700 ?\n700 100 -\n800 2272 /\n3072 1024 -\n4096 904 *\n');
    const bad = RangeSet.from([
      [1, 1],
      [3, 2],
      [7, 1],
    ]);
    const text = formatText(withMedium(mapfile, { badSectors: bad, ...healthy }, 9));
    assert.equal(
      text.slice(text.indexOf('status\n') + 7),
      [
        '0x00000000  0x000002BC  ?',
        '0x000002BC  0x00000064  -',
        '0x00000320  0x000002E0  /',
        '0x00000600  0x00000400  -',
        '0x00000A00  0x00000200  /',
        '0x00000C00  0x00000200  +',
        '0x00000E00  0x00000200  -',
        '0x00001000  0x00000388  *',
        '',
      ].join('\n'),
    );
  });

  it('fills the gap to a bad sector that the map does not reach with blocks never tried', () => {
    const mapfile = parseText('0 + 1\n1024 512 +\n');
    const bad = RangeSet.from([
      [0, 1],
      [5, 1],
    ]);
    assert.deepEqual(
      [...withMedium(mapfile, { badSectors: bad, ...healthy }, 8).blocks].map((b) => `${b.start}${b.status}`),
      ['0-', '512?', '1024+', '1536?', '2560-', '3072?'],
    );
    assert.equal(withMedium(mapfile, { badSectors: bad, ...healthy }, 8).blocks.end, 8 * 512);
  });

  it('changes nothing when nothing changed', () => {
    fc.assert(
      fc.property(arbitraryMapfile, (mapfile) => {
        const medium = mediumOf(mapfile, SECTORS);
        const again = withMedium(mapfile, medium, SECTORS);
        assert.equal(formatText({ ...again, faults: mapfile.faults }), formatText(mapfile));
      }),
      { numRuns: 300 },
    );
  });

  it('describes the medium, and leaves every other byte alone', () => {
    fc.assert(
      fc.property(
        arbitraryMapfile,
        arbitraryBadSectors(SECTORS),
        fc.boolean(),
        (mapfile, badSectors, enabled) => {
          const wasBad = mediumOf(mapfile, SECTORS).badSectors;
          const updated = withMedium(mapfile, { badSectors, enabled, quiet: !enabled }, SECTORS);

          const medium = mediumOf(updated, SECTORS);
          assert.deepEqual([...medium.badSectors.tagged()], [...badSectors.tagged()]);
          assert.deepEqual([medium.enabled, medium.quiet], [enabled, !enabled]);

          const before = statusesOf(mapfile.blocks);
          const after = statusesOf(updated.blocks);
          for (let byte = 0; byte < BYTES; byte++) {
            const sector = Math.floor(byte / SECTOR_SIZE);
            const isFiller = before[byte] === ' ' && after[byte] === '?';
            let expected = isFiller ? '?' : before[byte];
            if (badSectors.has(sector) && !wasBad.has(sector)) expected = '-';
            if (before[byte] === '-' && sector < SECTORS && !badSectors.has(sector)) expected = '+';
            if (after[byte] !== expected) assert.fail(`byte ${byte}: ${after[byte]} instead of ${expected}`);
          }
          if (mapfile.blocks.end > BYTES) assert.equal(updated.blocks.exactEnd, mapfile.blocks.exactEnd);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('names the fault of many sectors once', () => {
    const badSectors = new RangeSet();
    for (let i = 0; i < 1000; i++) badSectors.add(i * 2, 1, i < 600 ? 1 : 0);
    const text = formatText(withMedium(createMapfile(2000 * SECTOR_SIZE), { badSectors, ...healthy }, 2000));
    assert.deepEqual(
      text.split('\n').filter((line) => line.includes('fault')),
      ['# Remap Inspector: fault 0x00000000 0x00095E00 dust'],
    );
    assert.deepEqual([...mediumOf(parseText(text), 2000).badSectors.tagged()], [...badSectors.tagged()]);
  });

  it('starts an intermittent sector at the beginning of its cycle', () => {
    const badSectors = RangeSet.from([[1, 1, (3 << 9) | (1 << 1)]]);
    const updated = withMedium(parseText(''), { badSectors, ...healthy }, 8);
    assert.match(formatText(updated), /fault 0x00000200 0x00000200 error 3\n/);
    assert.equal(mediumOf(updated, 8).badSectors.tagOf(1), (3 << 9) | (3 << 1));
  });
});
