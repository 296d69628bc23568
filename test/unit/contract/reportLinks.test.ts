import assert from 'node:assert/strict';
import { SECTORS_IN, sectorLinks } from '../../../src/contract/reportLinks';
import {
  formatMetadata,
  formatRemaps,
  formatScan,
  formatSectors,
  formatUnreadable,
  formatVerification,
} from '../../../src/contract/reportText';

/** Each link as its view, its sector and the text that is the link. */
function links(text: string, kind: keyof typeof SECTORS_IN): (readonly [string, number, string])[] {
  const lines = text.split('\n');
  return sectorLinks(text, SECTORS_IN[kind]).map(({ line, column, length, sector, view }) => [
    view,
    sector,
    lines[line]!.slice(column, column + length),
  ]);
}

const remap = (original: number, spare: number) => ({
  original,
  spare,
  member: 0,
  time: null,
  errors: 1,
  state: 'active' as const,
});

describe('the sectors of a report', () => {
  it('are originals and their places in a list of remaps, and originals alone in that of a pool', () => {
    const text = formatRemaps({ total: 2, remaps: [remap(5, 1280), remap(1_000_000, 1281)] });
    assert.deepEqual(links(text, 'remaps'), [
      ['device', 5, '5'],
      ['spare', 1280, '1280'],
      ['device', 1_000_000, '1000000'],
      ['spare', 1281, '1281'],
    ]);
    assert.deepEqual(
      links(text, 'remapsOfPool').map(([, sector]) => sector),
      [5, 1_000_000],
    );
  });

  it('are those that were read, whatever their bytes show', () => {
    const bytes = Buffer.from('Sector 99\n'.padEnd(1024, '\0'));
    const text = formatSectors(7, bytes, { failed: [[8, 1]], notRescued: [] });
    assert.deepEqual(links(text, 'sectors'), [
      ['device', 7, '7'],
      ['device', 8, '8'],
    ]);
  });

  it('are those of markers, found or not', () => {
    const results = [
      { sector: 1000, ok: true, actual: 'Sector 5', source: 'main' },
      { sector: 2000, ok: false, reason: 'holds zeros', source: 'main' },
    ] as never;
    const text = formatVerification({ verified: 1, total: 2, results });
    assert.deepEqual(
      links(text, 'markers').map(([, sector]) => sector),
      [1000, 2000],
    );
  });

  it('are the first of each run that can not be read, in the view of its disk', () => {
    const runs = [5, 70].map((first) => ({ first, count: 2, state: 'bad', fault: { mode: 'error' } }));
    const facts = { image: 'disk.img', map: '', sectors: [[4, 90]], runs, remapped: 1 } as never;
    const text = formatUnreadable(facts);
    assert.deepEqual(links(text, 'unreadableOfMain'), [
      ['main', 5, '5'],
      ['main', 70, '70'],
    ]);
    assert.equal(links(text, 'unreadableOfSpare')[1]![0], 'spare');
  });

  it('are the places of metadata copies on the spare', () => {
    const copies = [0, 1].map((index) => ({
      index,
      sector: index * 256,
      valid: true,
      stale: false,
      sequence: 3,
    }));
    const text = formatMetadata({ copies, winner: 0, sequence: 3, remaps: 1 } as never);
    assert.deepEqual(links(text, 'copies'), [
      ['spare', 0, '0'],
      ['spare', 256, '256'],
    ]);
  });

  it('of a scan are the first sectors of what failed or was slow, in their order', () => {
    const text = formatScan('disk: 2 MiB scanned in 1.0 s', {
      failing: [
        [9, 1],
        [20, 4],
      ],
      notRescued: [[20, 4]],
      slow: [[12, 2]],
    });
    assert.match(
      text,
      /^9 {2}1 sector, can't be read\n12-13 {2}2 sectors, read slowly\n20-23 {2}4 sectors, not rescued$/m,
    );
    assert.deepEqual(links(text, 'scanned'), [
      ['device', 9, '9'],
      ['device', 12, '12'],
      ['device', 20, '20'],
    ]);
  });
});
