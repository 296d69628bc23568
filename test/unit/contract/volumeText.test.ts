import assert from 'node:assert/strict';
import {
  formatDamage,
  formatFileSectors,
  formatOwners,
  formatVolumes,
  ownerWords,
} from '../../../src/contract/volumeText';
import type { DamageReport, Owner } from '../../../src/engine';

const none = { bad: 0, notRescued: 0 };
const report: DamageReport = {
  files: [],
  structures: [],
  free: none,
  used: none,
  unknown: none,
  outside: none,
  moreFiles: 0,
  doubts: [],
};

describe('Volumes as a text', () => {
  it('has a line for each, then what is worth knowing', () => {
    const volume = { first: 2048, count: 4096, type: '', notes: [] };
    assert.equal(
      formatVolumes([
        {
          ...volume,
          index: 1,
          kind: 'ext4',
          label: 'home',
          name: 'x',
          used: 1024 ** 2,
          total: 2 * 1024 ** 2,
          notes: ['not clean'],
        },
        { ...volume, index: 2, kind: 'luks', label: '', name: 'secret\n', used: null, total: null },
      ]),
      [
        'Volume  Sectors    Size   What  Label       Used   Of',
        '1       2048-6143  2 MiB  ext4  home        1 MiB  2 MiB',
        '2       2048-6143  2 MiB  luks  secret\\x0A',
        '',
        'Volume  Note',
        '1       not clean',
        '',
      ].join('\n'),
    );
    assert.equal(formatVolumes([]), 'The partition table is empty.\n');
  });
});

describe('An owner as a text', () => {
  const words = (owner: Omit<Owner, 'sector'>) =>
    formatOwners([{ sector: 5, ...owner }])
      .split('\n')[1]!
      .slice(8);

  it('says the file and the place in it', () => {
    assert.equal(
      words({ kind: 'file', volume: 2, path: '/a', fileOffset: 1_048_576 }),
      'volume 2: /a, byte 1,048,576',
    );
    assert.equal(
      words({ kind: 'file', volume: 0, path: '/a', otherPaths: ['/b'], fileOffset: 0 }),
      '/a, byte 0, also /b',
    );
    assert.equal(words({ kind: 'dir', volume: 0, path: '/d', fileOffset: 512 }), 'folder, /d, byte 512');
    assert.equal(
      words({ kind: 'slack', volume: 0, path: '/a', fileOffset: 512 }),
      'unused end of, /a, byte 512',
    );
    assert.equal(words({ kind: 'file', volume: 0, path: '/a', what: 'compressed' }), 'compressed, /a');
  });

  it('says the structure, free, unknown and why', () => {
    assert.equal(
      words({ kind: 'meta', volume: 1, what: 'inode-table', group: 3 }),
      'volume 1: inode-table 3',
    );
    assert.equal(words({ kind: 'meta', what: 'mbr' }), 'mbr');
    assert.equal(words({ kind: 'free', volume: 1 }), 'volume 1: free');
    assert.equal(words({ kind: 'outside' }), 'in no file system');
    assert.equal(words({ kind: 'allocated', volume: 1 }), 'volume 1: in use, by no file');
    assert.equal(words({ kind: 'unknown', volume: 1, why: 'lost' }), 'volume 1: unknown (lost)');
  });

  it('says each of those that claim the sector', () => {
    const other: Owner = { sector: 5, kind: 'file', path: '/b', fileOffset: 0 };
    assert.equal(
      words({ kind: 'file', path: '/a', fileOffset: 0, otherOwners: [other], why: 'one is wrong' }),
      '/a, byte 0; /b, byte 0 (one is wrong)',
    );
  });
});

describe('The sectors of a file as a text', () => {
  it('have a line for each run, and what isn’t known', () => {
    const text = formatFileSectors({
      volume: 1,
      size: 5000,
      extents: [[0, 100, 8]],
      unwritten: [[8, 200, 2]],
      meta: [[50, 2]],
      unknown: ['lost'],
    });
    assert.equal(
      text,
      [
        'Volume       1',
        'Size         5000 bytes',
        'Kept for it  sectors 50-51',
        'Not known    lost',
        '',
        'File sector  Sector  Count',
        '0            100     8',
        '8            200     2      never written: zeros',
        '',
      ].join('\n'),
    );
    const empty = formatFileSectors({
      volume: 0,
      size: null,
      extents: [],
      unwritten: [],
      meta: [],
      unknown: [],
    });
    assert.equal(empty, 'Volume       whole disk\nSize         not kept\nKept for it  nothing\n');
  });
});

describe('Damage as a text', () => {
  it('tells what is lost, what that means, and what is not lost', () => {
    const text = formatDamage({
      ...report,
      files: [
        {
          volume: 1,
          path: '/a',
          kind: 'file',
          size: 2048,
          lostBytes: 512,
          isWhole: false,
          ranges: [{ status: 'notRescued', sector: 40, sectorCount: 2, fileOffset: 1024, byteLength: 512 }],
          unknown: [],
        },
        {
          volume: 1,
          path: '/b',
          kind: 'file',
          stream: 's',
          size: 10,
          lostBytes: 10,
          isWhole: true,
          ranges: [],
          unknown: ['lost'],
        },
      ],
      structures: [
        { volume: null, what: 'mbr', status: 'bad', ranges: [[0, 1]], meaning: 'places' },
        {
          volume: 1,
          what: 'extent-tree',
          path: '/a',
          status: 'bad',
          ranges: [[9, 2]],
          meaning: 'its places',
        },
      ],
      free: { bad: 3, notRescued: 1 },
      moreFiles: 2,
      doubts: [{ volume: 1, reason: 'an inode table', ranges: [] }],
    });
    for (const line of [
      'Damaged files       4',
      'Free space          3 bad sectors, 1 not rescued: nothing lost',
      'To be rescued       0 sectors of used space (0 bytes)',
      /\n\/a +1 +512 bytes of 2 KiB\n/,
      /\n\/b:s +1 +all of it +more may be lost: lost\n/,
      /\n40-41 +not rescued +512 bytes from byte 1,024 on of \/a\n/,
      '2 more damaged files.',
      /\n0 +bad +mbr +disk +places\n/,
      /\n9-10 +bad +extent-tree of \/a +1 +its places\n/,
      /\nan inode table +1\n/,
    ])
      assert.ok(typeof line === 'string' ? text.includes(line) : line.test(text), `${line} in ${text}`);
  });

  it('is its facts alone where nothing is lost, and a table or map as it is', () => {
    assert.equal(formatDamage(report).split('\n').length, 8);
    assert.equal(formatDamage('kind,volume'), 'kind,volume');
  });
});

describe('The owner of a sector in words', () => {
  it('names the partition, its file system, the file and the place in it', () => {
    const volumes = [{ index: 2, kind: 'ext4' }];
    const owner: Owner = {
      sector: 9,
      kind: 'file',
      volume: 2,
      path: '/home/a/photo.jpg',
      fileOffset: 1 << 20,
    };
    assert.equal(ownerWords(owner, volumes), 'partition 2, ext4: /home/a/photo.jpg, byte 1,048,576');
    assert.equal(ownerWords({ sector: 9, kind: 'free', volume: 2 }, volumes), 'partition 2, ext4: free');
    assert.equal(
      ownerWords({ sector: 9, kind: 'unknown', volume: 0, why: 'no map' }, [{ index: 0, kind: 'ntfs' }]),
      'ntfs: unknown (no map)',
    );
    assert.equal(ownerWords({ sector: 0, kind: 'meta', what: 'mbr' }, volumes), 'mbr');
  });
});
