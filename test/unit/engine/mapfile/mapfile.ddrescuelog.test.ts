import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import type { RangeSet } from '../../../../src/engine/block/rangeSet';
import { RemapError } from '../../../../src/engine/errors';
import { parseBlockList } from '../../../../src/engine/mapfile/blockList';
import { createMapfile } from '../../../../src/engine/mapfile/mapfile';
import { needJudge } from '../../../support/judges';
import { arbitraryBadSectors, arbitraryMapfile } from '../../../support/mapfile/arbitraries';
import { blockListText } from '../../../support/mapfile/listWriters';
import { edited, formatText, injection, mediumIn, parseMapfile } from '../../../support/mapfile/mapfileText';

const SECTORS = 64;

const blockList = (set: RangeSet, blockSize = SECTOR_SIZE) => blockListText(set, blockSize);

/** GNU ddrescuelog as the judge of what we write, and as a source of what we read. */
describe('ddrescuelog as judge', function () {
  this.timeout(60_000);
  let folder: string;
  let path: string;

  before(function () {
    needJudge(this, 'ddrescuelog');
    folder = mkdtempSync(join(tmpdir(), 'remap-judge-'));
    path = join(folder, 'judged.map');
  });

  after(() => {
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  function run(...options: string[]): string {
    const { status, stdout, stderr } = spawnSync('ddrescuelog', options, { encoding: 'latin1' });
    assert.equal(status, 0, `ddrescuelog ${options.join(' ')}: ${stderr}`);
    return stdout;
  }

  it('lists the sectors that we call bad, for maps of any blocks', () => {
    fc.assert(
      fc.property(arbitraryMapfile, (mapfile) => {
        writeFileSync(path, formatText(mapfile), 'latin1');
        const size = String(SECTORS * SECTOR_SIZE);
        const listed = mapfile.blocks.length === 0 ? '' : run('-b512', '-s', size, '-l-', path);
        assert.equal(listed, blockList(mediumIn(mapfile, SECTORS).badSectors));
      }),
      { numRuns: 40 },
    );
  });

  it('lists the sectors that were injected, also in blocks of 1024 as badblocks does', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(SECTORS), (badSectors) => {
        const mapfile = edited(createMapfile(SECTORS * SECTOR_SIZE), injection(badSectors));
        writeFileSync(path, formatText(mapfile), 'latin1');
        assert.equal(run('-b512', '-l-', path), blockList(badSectors));
        assert.equal(run('-b1024', '-l-', path), blockList(badSectors, 1024));
      }),
      { numRuns: 20 },
    );
  });

  it('makes from our list the map that we make', () => {
    fc.assert(
      fc.property(arbitraryBadSectors(SECTORS), (badSectors) => {
        fc.pre(badSectors.sectorCount > 0);
        const { stdout, status, stderr } = spawnSync(
          'ddrescuelog',
          ['-b512', `-s${SECTORS * SECTOR_SIZE}`, '-c-+', '-'],
          { input: blockList(badSectors), encoding: 'latin1' },
        );
        assert.equal(status, 0, stderr);
        const theirs = parseMapfile(Buffer.from(stdout, 'latin1'), { path: 'theirs' });
        const ours = edited(createMapfile(SECTORS * SECTOR_SIZE), injection(badSectors));
        assert.deepEqual([...ours.blocks], [...theirs.blocks]);
        assert.equal(formatText(theirs), stdout);
        const read = parseBlockList(Buffer.from(blockList(badSectors)), { path: 'list', blockSize: 512 });
        assert.deepEqual([...mediumIn(theirs, SECTORS).badSectors], [...read]);
      }),
      { numRuns: 20 },
    );
  });

  it('takes exactly the maps that we take', () => {
    const number = fc.oneof(
      fc.nat(40).map(String),
      fc.constantFrom('0x10', '010', '+5', '-1', '0X1f', 'x', '9'),
    );
    const status = fc.constantFrom('?', '*', '/', '-', '+', 'F', 'X', '');
    const gap = fc.constantFrom(' ', '  ', '\t');
    const line = fc.tuple(number, gap, number, gap, status).map((parts) => parts.join(''));
    const contiguous = fc.array(fc.tuple(fc.integer({ min: 1, max: 40 }), status)).map((blocks) => {
      let at = 0;
      return blocks.map(([size, of]) => {
        at += size;
        return `${at - size} ${size} ${of}`;
      });
    });
    const text = fc
      .tuple(fc.oneof(fc.constant('0 + 1'), line), fc.oneof(contiguous, fc.array(line, { maxLength: 3 })))
      .map(([first, lines]) => [first, ...lines, ''].join('\n'));
    fc.assert(
      fc.property(text, (map) => {
        writeFileSync(path, map, 'latin1');
        const theirs = spawnSync('ddrescuelog', ['-t', path], { encoding: 'latin1' });
        let line: number | undefined;
        try {
          parseMapfile(Buffer.from(map, 'latin1'), { path });
        } catch (error) {
          assert.ok(error instanceof RemapError);
          line = error.details.line;
        }
        const theirLine = /line (\d+)/.exec(theirs.stderr)?.[1];
        assert.equal(line, theirLine === undefined ? undefined : Number(theirLine), theirs.stderr);
      }),
      { numRuns: 80 },
    );
  });
});
