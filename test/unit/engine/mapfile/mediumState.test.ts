import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { DUST_TAG } from '../../../../src/engine/block/mediumFault';
import {
  injectedState,
  MediumSectors,
  READABLE,
  type SectorState,
  statusOf,
} from '../../../../src/engine/block/mediumSectors';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import { createMapfile, type Mapfile } from '../../../../src/engine/mapfile/mapfile';
import { formatChanges } from '../../../../src/engine/mapfile/mediumAnnotations';
import type { RescueBlocks } from '../../../../src/engine/mapfile/rescueBlocks';
import { arbitraryMapfile, arbitraryStates } from '../../../support/mapfile/arbitraries';
import { edited, formatText, injection, mediumIn, parseText } from '../../../support/mapfile/mapfileText';

/** Sectors of the medium in the property tests; their maps may be shorter or longer. */
const SECTORS = 24;
const BYTES = 2 * SECTORS * SECTOR_SIZE;

function statusesOf(blocks: RescueBlocks): string[] {
  const statuses: string[] = new Array(BYTES).fill(' ');
  for (const { start, end, status } of blocks) statuses.fill(status, start, Math.min(end, BYTES));
  return statuses;
}

/** What each sector of a medium is, with the faults of intermittent ones at the start of their cycle. */
function statesIn(mapfile: Mapfile): SectorState[] {
  const { badSectors, notRescued, injected } = mediumIn(mapfile, SECTORS);
  const states: SectorState[] = [];
  for (const { sectorCount, state } of new MediumSectors(badSectors, notRescued, injected).statesIn(
    0,
    SECTORS,
  )) {
    states.push(...new Array<SectorState>(sectorCount).fill(state));
  }
  return states;
}

describe('medium of a mapfile', () => {
  it('has a bad sector wherever any byte is bad', () => {
    const mapfile = parseText(
      '0 + 1\n0 1023 +\n1023 2 -\n1025 511 +\n1536 512 -\n2048 512 /\n2560 1 -\n2561 9999 *\n',
    );
    assert.deepEqual(
      [...mediumIn(mapfile, 100).badSectors],
      [
        [1, 3],
        [5, 1],
      ],
    );
  });

  it('ends where the device ends', () => {
    const mapfile = parseText('0 + 1\n0 512 +\n512 0x7FFFFFFFFFFFFFFF -\n');
    assert.deepEqual([...mediumIn(mapfile, 100).badSectors], [[1, 99]]);
    assert.deepEqual([...mediumIn(mapfile, 1).badSectors], []);
  });

  it('takes the faults from our comments, for bad sectors only', () => {
    const comments =
      '# Remap Inspector: fault 0x00000000 0x00000400 dust 3\n# Remap Inspector: medium quiet\n';
    const medium = mediumIn(parseText(`${comments}0 + 1\n0 512 +\n512 1024 -\n`), 100);
    assert.deepEqual(
      [...medium.badSectors.tagged()].map((run) => [run.first, run.sectorCount, run.tag & 1]),
      [
        [1, 1, 1],
        [2, 1, 0],
      ],
    );
    assert.equal(medium.quiet, true);
  });

  it('takes no fault from a comment where another program knows of more or fewer bad sectors', () => {
    const dust = (count: string) =>
      [
        ...mediumIn(
          parseText(
            `# Remap Inspector: fault 0x200 0x800 dust 0${count}\n0 + 1\n0 512 +\n512 1024 -\n1536 512 +\n2048 512 -\n`,
          ),
          5,
        ).badSectors.tagged(),
      ].map(({ first, sectorCount, tag }) => [first, sectorCount, tag]);
    const [always, healing] = [0, DUST_TAG].map((tag) => [
      [1, 2, tag],
      [4, 1, tag],
    ]);
    assert.deepEqual(dust(' 3'), healing);
    assert.deepEqual(dust(''), healing);
    assert.deepEqual(dust(' 2'), always);
    assert.deepEqual(dust(' 4'), always);
  });

  it('takes from our comments what was injected, unless another program knows of more or fewer bad sectors there', () => {
    const injected = (comment: string) => [
      ...mediumIn(parseText(`${comment}\n0 + 1\n0 512 +\n512 1024 -\n1536 512 +\n2048 512 -\n`), 5).injected,
    ];
    assert.deepEqual(injected('# Remap Inspector: injected 0x200 0x800 + 3'), [
      [1, 2],
      [4, 1],
    ]);
    assert.deepEqual(injected('# Remap Inspector: injected 0x200 0x800 + 2'), []);
    assert.deepEqual(injected('# Remap Inspector: injected 0x200 0x800 + 4'), []);
    assert.deepEqual(injected('# a comment of another program'), []);
  });
});

describe('mapfile after an edit of its medium', function () {
  this.timeout(60_000);

  it('has the new status in the whole sector, and the other blocks byte by byte as they were', () => {
    const mapfile = parseText('0x200 - 2\n0 700 ?\n700 100 -\n800 2272 /\n3072 1024 -\n4096 904 *\n');
    const bad = injectedState(READABLE, 0);
    const states = RangeSet.from([
      [1, 1, bad],
      [3, 2, bad],
      [6, 1, READABLE],
      [8, 1, READABLE],
    ]);
    const text = formatText(edited(mapfile, { states }));
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
        '0x00001000  0x00000200  +',
        '0x00001200  0x00000188  *',
        '',
      ].join('\n'),
    );
  });

  it('has blocks never tried up to a sector that the map did not reach', () => {
    const states = RangeSet.from([
      [0, 1, injectedState(READABLE, 0)],
      [5, 1, READABLE],
    ]);
    const { blocks } = edited(parseText('0 + 1\n1024 512 +\n'), { states });
    assert.deepEqual(
      [...blocks].map((block) => `${block.start}${block.status}`),
      ['0-', '512?', '1024+', '1536?', '2560+'],
    );
    assert.equal(blocks.end, 6 * 512);
  });

  it('is readable wherever nothing was injected into an image that had no map', () => {
    const mapfile = edited(createMapfile(100 * SECTOR_SIZE), injection(RangeSet.from([[50, 1, 0]])));
    assert.deepEqual(
      [...mapfile.blocks].map((block) => `${block.start}${block.status}`),
      ['0+', '25600-', '26112+'],
    );
    assert.equal(mediumIn(mapfile, 100).notRescued.sectorCount, 0);
  });

  it('is the same when nothing changed', () => {
    fc.assert(
      fc.property(arbitraryMapfile, (mapfile) => {
        const states = RangeSet.from(statesIn(mapfile).map((state, sector) => [sector, 1, state]));
        const again = edited(mapfile, { states });
        assert.equal(formatText({ ...again, faults: mapfile.faults }), formatText(mapfile));
      }),
      { numRuns: 300 },
    );
  });

  it('describes the edited medium, and leaves every other byte alone (model: the state of each sector)', () => {
    fc.assert(
      fc.property(arbitraryMapfile, arbitraryStates(SECTORS), fc.boolean(), (mapfile, states, enabled) => {
        const before = statesIn(mapfile);
        const updated = edited(mapfile, { states, enabled, quiet: !enabled });
        const again = parseText(formatText(updated));

        const expected = before.map((state, sector) => states.tagOf(sector) ?? state);
        assert.deepEqual(statesIn(updated).map(statusOf), expected.map(statusOf));
        assert.deepEqual(statesIn(again), statesIn(updated));
        assert.deepEqual([again.enabled, again.quiet], [enabled, !enabled]);

        const [bytesBefore, bytesAfter] = [statusesOf(mapfile.blocks), statusesOf(updated.blocks)];
        for (let byte = 0; byte < BYTES; byte++) {
          const sector = Math.floor(byte / SECTOR_SIZE);
          const now = states.tagOf(sector);
          const isFiller = bytesBefore[byte] === ' ' && bytesAfter[byte] === '?';
          let status = isFiller ? '?' : bytesBefore[byte];
          if (now !== undefined && statusOf(now) !== statusOf(before[sector]!)) status = statusOf(now);
          if (bytesAfter[byte] !== status)
            assert.fail(`byte ${byte}: ${bytesAfter[byte]} instead of ${status}`);
        }
        if (mapfile.blocks.end > BYTES) assert.equal(updated.blocks.exactEnd, mapfile.blocks.exactEnd);
      }),
      { numRuns: 300 },
    );
  });

  it('keeps what is injected apart from what was found', () => {
    fc.assert(
      fc.property(arbitraryStates(SECTORS), (states) => {
        const whole = RangeSet.from([[0, SECTORS, READABLE]]);
        for (const { first, sectorCount, tag } of states.tagged()) whole.add(first, sectorCount, tag);
        const mapfile = edited(createMapfile(SECTORS * SECTOR_SIZE), { states: whole });
        const expected = Array.from({ length: SECTORS }, (_, sector) => whole.tagOf(sector)!);
        assert.deepEqual(statesIn(parseText(formatText(mapfile))), expected);
      }),
      { numRuns: 300 },
    );
  });

  it('names the fault, and the injection, of many sectors once', () => {
    const badSectors = new RangeSet();
    for (let i = 0; i < 1000; i++) badSectors.add(i * 2, 1, i < 600 ? DUST_TAG : 0);
    const text = formatText(edited(createMapfile(2000 * SECTOR_SIZE), injection(badSectors)));
    assert.deepEqual(
      text.split('\n').filter((line) => line.includes('# Remap')),
      [
        '# Remap Inspector: fault 0x00000000 0x00095E00 dust 0 600',
        '# Remap Inspector: injected 0x00000000 0x000F9E00 + 1000',
      ],
    );
    const medium = mediumIn(parseText(text), 2000);
    assert.deepEqual([...medium.badSectors.tagged()], [...badSectors.tagged()]);
    assert.equal(medium.injected.sectorCount, 1000);
  });

  it('starts an intermittent sector at the beginning of its cycle', () => {
    const badSectors = RangeSet.from([[1, 1, (3 << 9) | (1 << 1)]]);
    const updated = edited(parseText(''), injection(badSectors));
    assert.match(formatText(updated), /fault 0x00000200 0x00000200 error 3 1\n/);
    assert.equal(mediumIn(updated, 8).badSectors.tagOf(1), (3 << 9) | (3 << 1));
  });

  it('is the same when its changes stand at the end of the file', () => {
    fc.assert(
      fc.property(arbitraryMapfile, arbitraryStates(SECTORS), (mapfile, states) => {
        const added = [...formatChanges(states)].map((line) => `${line}\n`).join('');
        const { hasAdded, ...read } = parseText(formatText(mapfile) + added);
        const inPlace = edited(parseText(formatText(mapfile)), { states });
        assert.equal(formatText(read), formatText(states.runCount > 0 ? inPlace : mapfile));
        assert.equal(hasAdded ?? false, states.runCount > 0);
      }),
      { numRuns: 300 },
    );
  });
});
