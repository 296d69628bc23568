import assert from 'node:assert/strict';
import {
  formatFacts,
  formatMetadata,
  formatRemaps,
  formatReply,
  formatSectors,
  formatUnreadable,
  formatVerification,
} from '../../../src/contract/reportText';
import { printable } from '../../../src/engine';
import { HOSTILE_NAMES } from '../../support/hostileNames';

describe('reports', () => {
  it('tell markers in the words of the published persistence test', () => {
    const results = [
      { sector: 1000, ok: true, expected: 'test_data_1000', actual: 'test_data_1000', source: 'main' },
      {
        sector: 2000,
        ok: false,
        expected: 'test_data_2000',
        actual: null,
        source: 'bad sector of main',
        reason: 'sector 2000 cannot be read',
      },
    ];
    assert.equal(
      formatVerification({ verified: 1, total: 2, results }),
      [
        '✓ Sector 1000: Data preserved! ("test_data_1000"), from main',
        '✗ Sector 2000: sector 2000 cannot be read, from bad sector of main',
        '',
        'Result: 1/2 sectors verified (50% data integrity)',
        '',
      ].join('\n'),
    );
  });

  it('tell markers that were never written from those that are lost', () => {
    const missing = { ok: false, expected: 'm', actual: '', source: 'main', reason: 'zeros' };
    const results = [
      { ...missing, sector: 1, failure: 'neverWritten' as const },
      { ...missing, sector: 2, failure: 'lost' as const },
      { ...missing, sector: 3, failure: 'lost' as const },
      { ...missing, sector: 4, failure: 'unreadable' as const },
    ];
    assert.deepEqual(formatVerification({ verified: 0, total: 4, results }).split('\n'), [
      '○ Sector 1: zeros, from main',
      '✗ Sector 2: zeros, from main',
      '✗ Sector 3: zeros, from main',
      '✗ Sector 4: zeros, from main',
      '',
      'Result: 0/4 sectors verified (0% data integrity); 2 markers lost; 1 unreadable; 1 never written',
      '',
    ]);
  });

  it('show sectors as hexdump does, and an unreadable one as such', () => {
    const bytes = new Uint8Array(1024);
    bytes.set(Buffer.from('marker'));
    const lines = formatSectors(2, bytes, { failed: [[3, 1]], notRescued: [] }).split('\n');
    assert.equal(lines[0], 'Sector 2');
    assert.equal(lines[1], '0000000400  6d 61 72 6b 65 72 00 00 00 00 00 00 00 00 00 00  |marker..........|');
    assert.equal(lines.length, 1 + 32 + 2 + 1);
    assert.deepEqual(lines.slice(33), ['Sector 3', '  unreadable', '']);
    const failures = { failed: [[2, 2]], notRescued: [[3, 1]] } as const;
    assert.equal(formatSectors(2, bytes, failures), 'Sector 2\n  unreadable\nSector 3\n  not rescued\n');
  });

  it('line up in columns', () => {
    assert.equal(
      formatFacts([
        ['a', '1'],
        ['long', '2'],
      ]),
      'a     1\nlong  2\n',
    );
    const remap = { original: 5, spare: 1280, time: null, errors: 1, state: 'active' as const, member: 0 };
    assert.equal(
      formatRemaps({ total: 3, remaps: [remap] }),
      '3 remaps, the first 1\n\nOriginal  Spare  Time  Errors  State\n5         1280         1       active\n',
    );
  });

  it('have as many lines whatever names and markers hold', () => {
    for (const name of HOSTILE_NAMES) {
      const marker = { sector: 1, ok: false, expected: name, actual: name, source: name, reason: name };
      const texts = [
        formatFacts([['Name', name]]),
        formatReply(name, 'done'),
        formatVerification({ verified: 0, total: 1, results: [marker, { ...marker, ok: true }] }),
        formatMetadata({
          copies: [{ index: 0, sector: 0, valid: false, reason: name, sequence: null }],
          winner: null,
          sequence: null,
          remaps: 0,
        }),
      ];
      assert.deepEqual(
        texts.map((text) => text.split('\n').length),
        [2, 4, 5, 5],
        name,
      );
      for (const text of texts) assert.equal(text, text.split('\n').map(printable).join('\n'));
    }
  });

  it('tell of the spares of a pool one after the other, with the lines of links for the first alone', () => {
    const copies = [{ index: 0, sector: 0, valid: true, sequence: 7 }];
    const first = { copies, winner: 0, sequence: 7, remaps: 2 };
    const members = [
      { path: '/a.img', report: first },
      { path: '/b.img', report: { ...first, sequence: 6 } },
      { path: '/c.img', report: null, reason: 'it is missing' },
    ];
    const [a, b, c] = formatMetadata({ ...first, members }).split(/^(?=Spare)/m);
    assert.equal(a, `Spare 0, /a.img\n${formatMetadata(first)}\n`);
    assert.match(b!, /^Spare 1, \/b\.img\n( {2}.+\n| *\n)+$/);
    assert.match(b!, /state 6/);
    assert.equal(c, "Spare 2, /c.img\n  The metadata can't be read: it is missing\n");
  });

  it('tell which metadata copy counts, or that none does', () => {
    const copies = [
      { index: 0, sector: 0, valid: false, reason: 'wrong checksum', sequence: null },
      { index: 1, sector: 256, valid: true, sequence: 7 },
    ];
    assert.equal(
      formatMetadata({ copies, winner: 1, sequence: 7, remaps: 2 }),
      [
        'Copy  Sector  State           Sequence  In use',
        '0     0       wrong checksum',
        '1     256     valid           7         yes',
        '',
        'Copy 1 is in use: state 7 (its sequence number), 2 remaps.',
        '',
      ].join('\n'),
    );
    assert.match(
      formatMetadata({ copies, winner: null, sequence: null, remaps: 0 }),
      /No copy is valid\.\n$/,
    );
    const withTable = (damaged: number[]) =>
      formatMetadata({ copies, winner: 1, sequence: 7, remaps: 4000, table: { records: 4000, damaged } });
    assert.match(withTable([]), /\nLarge table of 4,000 records: both mirrors intact\.\n$/);
    assert.match(
      withTable([9, 12]),
      /records: damaged in spare sectors 9, 12, each intact in the other mirror\.\n$/,
    );
  });

  it('tell what is known of some sectors', () => {
    const run = { first: 5, count: 2, kind: 'bad', isInjected: true, found: '+' } as const;
    const facts = { image: 'disk.img', map: '/w/disk.img.map', sectors: [[4, 4]] as const, remapped: 1 };
    assert.equal(
      formatUnreadable({ ...facts, runs: [{ ...run, fault: { mode: 'error' } }] }),
      [
        'Image          disk.img',
        'Sectors        4-7 (4 sectors, 2 KiB)',
        "Can't be read  2 sectors",
        'Remapped       1 sector, which the spare serves',
        '',
        'Sectors  What           Known from     How it fails',
        '5-6      2 bad sectors  injected here  Reads and writes fail until it is cleared',
        '',
      ].join('\n'),
    );
    const none = formatUnreadable({ ...facts, runs: [], remapped: null });
    assert.match(none, /Can't be read {2}none\n$/);
  });
});
