import assert from 'node:assert/strict';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import type { SectorRange } from '../../../../src/engine/errors';
import { reportDamage } from '../../../../src/engine/volume/damage';
import type { DamageReport } from '../../../../src/engine/volume/damageContracts';
import { damageCsv } from '../../../../src/engine/volume/damageCsv';
import { DiskVolumes } from '../../../../src/engine/volume/diskVolumes';
import type { Allocation } from '../../../../src/engine/volume/volumeContracts';
import { type Model, ModelFileSystem, modelFile } from '../../../support/volume/modelFileSystem';
import { TableImage } from '../../../support/volume/tableImage';
import { BytesSource } from '../../../support/volume/volumeFixture';

const FIRST = 2048;
const DISK_SECTORS = 4096;

/** A disk with a GPT and one volume at 2048, which is what the test says. */
async function reportOf(
  model: Partial<Model>,
  bad: readonly SectorRange[],
  { notRescued = [], fileLimit }: { notRescued?: readonly SectorRange[]; fileLimit?: number } = {},
): Promise<DamageReport> {
  const table = new TableImage(DISK_SECTORS).gpt([{ first: FIRST, last: FIRST + 99 }]);
  const fileSystem = new ModelFileSystem({ sectorCount: 90, ...model });
  const disk = await DiskVolumes.open(table.disk(), [
    async ({ first }) => (first === FIRST ? fileSystem : null),
  ]);
  const unreadable = { bad: RangeSet.from(bad), notRescued: RangeSet.from(notRescued) };
  return reportDamage(disk, unreadable, fileLimit === undefined ? {} : { fileLimit });
}

const csvOf = (report: DamageReport) => [...damageCsv(report)].join('');

describe('A damage report', () => {
  it('is empty where nothing is unreadable', async () => {
    const none = { bad: 0, notRescued: 0 };
    assert.deepEqual(await reportOf({ files: [modelFile(1, 100, [[0, 1, 0]])] }, []), {
      files: [],
      structures: [],
      free: none,
      used: none,
      unknown: none,
      outside: none,
      moreFiles: 0,
      doubts: [],
    });
  });

  it('lists the lost bytes of a file, by place in the file, with what is not rescued apart', async () => {
    const files = [
      modelFile(12, 2000, [
        [10, 2, 0],
        [30, 2, 2],
      ]),
    ];
    const {
      files: [file],
      ...rest
    } = await reportOf({ files }, [[FIRST + 11, 20]], { notRescued: [[FIRST + 31, 1]] });
    assert.deepEqual(file, {
      volume: 1,
      path: '/12',
      kind: 'file',
      size: 2000,
      lostBytes: 512 + 512 + 464,
      isWhole: false,
      unknown: [],
      ranges: [
        { status: 'bad', sector: FIRST + 11, sectorCount: 1, fileOffset: 512, byteLength: 512 },
        { status: 'bad', sector: FIRST + 30, sectorCount: 1, fileOffset: 1024, byteLength: 512 },
        { status: 'notRescued', sector: FIRST + 31, sectorCount: 1, fileOffset: 1536, byteLength: 464 },
      ],
    });
    assert.deepEqual([rest.used, rest.structures], [{ bad: 20, notRescued: 1 }, []]);
  });

  it('says when nothing of a file is left', async () => {
    const { files } = await reportOf({ files: [modelFile(12, 600, [[10, 8, 0]])] }, [[FIRST + 10, 2]]);
    assert.deepEqual([files[0]!.isWhole, files[0]!.lostBytes], [true, 600]);
  });

  it('takes nothing for lost in slack, in what was never written, and in an empty file', async () => {
    const files = [
      modelFile(12, 600, [[10, 8, 0]]),
      modelFile(13, 9999, [[20, 8, 0]], { part: { role: 'unwritten' } }),
      modelFile(14, 0, [[30, 8, 0]]),
    ];
    const report = await reportOf({ files }, [[FIRST + 12, 30]]);
    assert.deepEqual([report.files, report.used.bad], [[], 30]);
  });

  it('takes the whole unit for lost with a sector of a compressed file', async () => {
    const packed = modelFile(12, 20_000, [[10, 4, 16]], { part: { role: 'packed' } });
    const { files } = await reportOf({ files: [packed] }, [
      [FIRST + 11, 1],
      [FIRST + 13, 1],
    ]);
    assert.equal(files[0]!.lostBytes, 16 * 512);
  });

  it('lists a folder, and each stream by itself', async () => {
    const folder = modelFile(2, null, [[10, 4, 0]], { kind: 'dir' });
    const stream = modelFile(12, 0, [[20, 1, 0]], { part: { stream: { name: 's', size: 100 } } });
    const { files } = await reportOf({ files: [folder, stream] }, [
      [FIRST + 10, 1],
      [FIRST + 20, 1],
    ]);
    assert.deepEqual(
      files.map(({ path, kind, stream: name, size, lostBytes, isWhole }) => [
        path,
        kind,
        name,
        size,
        lostBytes,
        isWhole,
      ]),
      [
        ['/12', 'file', 's', 100, 100, true],
        ['/2', 'dir', undefined, null, 512, false],
      ],
    );
  });

  it('lists a file whose places can’t be read, and what else could not be known', async () => {
    const doubt = { reason: 'an extent block can’t be read', ranges: [[FIRST + 5, 1]] as const };
    const report = await reportOf(
      {
        files: [modelFile(12, 600, [], { doubts: [doubt] })],
        doubts: [{ ...doubt, reason: 'an inode table can’t be read' }],
      },
      [[FIRST + 5, 1]],
    );
    assert.deepEqual(
      report.files.map(({ path, lostBytes, unknown }) => [path, lostBytes, unknown]),
      [['/12', 0, [doubt.reason]]],
    );
    assert.deepEqual(report.doubts, [
      { volume: 1, reason: 'an inode table can’t be read', ranges: [[FIRST + 5, 1]] },
    ]);
  });

  it('lists structures, of the table too, what is kept for files, and files of the file system', async () => {
    const structures = [
      { what: 'inode-table', range: [1, 4] as const, group: 0 },
      { what: 'gap', range: [80, 2] as const },
    ];
    const tree = modelFile(12, 10, [[10, 1, 0]], { part: { role: 'meta', what: 'extent-tree' } });
    const journal = modelFile(8, 99, [[20, 4, 0]], { kind: 'meta', what: 'journal' });
    const report = await reportOf({ structures, files: [tree, journal] }, [
      [0, 2],
      [FIRST, 22],
    ]);
    assert.deepEqual(
      report.structures.map(({ volume, what, group, path, ranges }) => [volume, what, group, path, ranges]),
      [
        [null, 'protective-mbr', undefined, undefined, [[0, 1]]],
        [null, 'gpt-header', undefined, undefined, [[1, 1]]],
        [1, 'inode-table', 0, undefined, [[FIRST + 1, 4]]],
        [1, 'extent-tree', undefined, '/12', [[FIRST + 10, 1]]],
        [1, 'journal', undefined, undefined, [[FIRST + 20, 2]]],
      ],
    );
    assert.ok(report.structures.every(({ meaning }) => meaning.length > 0));
    assert.deepEqual(report.files, []);
  });

  it('counts what is free, used and unknown, and what is in no file system', async () => {
    const allocation = Array.from(
      { length: 90 },
      (_, i): Allocation =>
        i < 10 ? 'used' : i < 30 ? 'free' : i < 40 ? { reason: 'lost', ranges: [] } : 'free',
    );
    const report = await reportOf({ allocation }, [[FIRST + 5, 60]], { notRescued: [[FIRST + 85, 100]] });
    assert.deepEqual(
      [report.used, report.free, report.unknown, report.outside],
      [
        { bad: 5, notRescued: 0 },
        { bad: 45, notRescued: 5 },
        { bad: 10, notRescued: 0 },
        { bad: 0, notRescued: 95 },
      ],
    );
  });

  it('of a volume that isn’t looked into is unknown, with the reason', async () => {
    const disk = await DiskVolumes.open(new TableImage(100).fileSystem(0).disk());
    const report = await reportDamage(disk, { bad: RangeSet.from([[5, 3]]), notRescued: new RangeSet() });
    assert.deepEqual([report.unknown.bad, report.doubts[0]!.reason], [3, 'xfs: not looked into']);
  });

  it('lists as many files as are asked for, and counts the others', async () => {
    const files = Array.from({ length: 10 }, (_, i) => modelFile(i, 512, [[i, 1, 0]]));
    const report = await reportOf({ files }, [[FIRST, 90]], { fileLimit: 4 });
    assert.deepEqual([report.files.length, report.moreFiles], [4, 6]);
    assert.match(csvOf(report), /more,,,,,,,,,6 more damaged files\r\n$/);
  });

  it('counts a file beyond the limit once, however much of it is lost', async () => {
    const runs = [
      [10, 1, 0],
      [20, 1, 1],
    ] as const;
    const doubts = [{ reason: 'an extent block can’t be read', ranges: [] }];
    const files = [modelFile(1, 512, [[5, 1, 0]]), modelFile(2, 4096, runs, { doubts })];
    // The second in two pieces.
    const report = await reportOf({ files: [...files, files[1]!] }, [[FIRST, 90]], { fileLimit: 1 });
    assert.deepEqual([report.files.length, report.moreFiles], [1, 1]);
  });

  it('lists no more of what is kept for files than is asked for, and says how many there are', async () => {
    const files = Array.from({ length: 10 }, (_, i) =>
      modelFile(i, 512, [[i, 1, 0]], { part: { role: 'meta', what: 'xattr' } }),
    );
    const report = await reportOf({ files }, [[FIRST, 90]], { fileLimit: 4 });
    assert.equal(report.structures.length, 4);
    assert.deepEqual(
      report.doubts.map(({ reason }) => reason),
      ['6 more structures are hit than are listed'],
    );
  });

  it('can be cancelled while the names of damaged files are looked up', async () => {
    const files = Array.from({ length: 10 }, (_, i) => modelFile(i, 512, [[i, 1, 0]]));
    const fileSystem = new ModelFileSystem({ sectorCount: 90, files });
    const disk = await DiskVolumes.open(new BytesSource(new Uint8Array(90 * 512)), [async () => fileSystem]);
    const controller = new AbortController();
    let asked = 0;
    fileSystem.pathsOf = async (id) => {
      if (++asked === 3) controller.abort();
      return [`/${id}`];
    };
    const unreadable = { bad: RangeSet.from([[0, 90]]), notRescued: new RangeSet() };
    await assert.rejects(reportDamage(disk, unreadable, { signal: controller.signal }), {
      name: 'AbortError',
    });
    assert.equal(asked, 3);
  });

  it('says what of the file system’s own files could not be known', async () => {
    const doubt = { reason: 'an extent block can’t be read', ranges: [[FIRST + 5, 1]] as const };
    const { doubts } = await reportOf(
      { files: [modelFile(8, 99, [], { kind: 'meta', what: 'journal', doubts: [doubt] })] },
      [],
    );
    assert.deepEqual(doubts, [{ volume: 1, ...doubt }]);
  });

  it('lists files of which a part lies beyond the end of the disk, and volumes that go on there', async () => {
    const table = new TableImage(DISK_SECTORS).gpt([
      { first: 100, last: 199 },
      { first: 300, last: 399 },
    ]);
    const files = [
      modelFile(12, 2000, [[10, 2, 0]]),
      modelFile(13, 1025, [
        [48, 2, 0],
        [50, 2, 2],
      ]),
      modelFile(14, 1024, [[48, 4, 0]]),
      modelFile(15, 9999, [[60, 2, 0]], { part: { role: 'unwritten' } }),
      modelFile(16, 30_000, [[60, 2, 20]], { part: { role: 'packed' } }),
    ];
    const fileSystem = new ModelFileSystem({ sectorCount: 50, files });
    const disk = await DiskVolumes.open(new BytesSource(table.bytes.subarray(0, 150 * 512)), [
      async ({ first }) => (first === 100 ? fileSystem : null),
    ]);
    const report = await reportDamage(disk, { bad: new RangeSet(), notRescued: new RangeSet() });
    const unknown = ['a part of it lies beyond the end of the disk'];
    assert.deepEqual(
      report.files.map((file) => [file.path, file.lostBytes, file.unknown]),
      [
        ['/13', 0, unknown],
        ['/16', 0, unknown],
      ],
    );
    assert.deepEqual(report.doubts, [
      { volume: 1, reason: 'the disk ends before it: 50 of its sectors are missing', ranges: [] },
      { volume: 2, reason: 'the disk ends before it', ranges: [] },
    ]);
  });

  it('is a table, a line for each range, in which no name breaks out of its field', async () => {
    const paths = new Map([[12, ['/a, "b"\r\n=c']]]);
    const report = await reportOf({ files: [modelFile(12, 2000, [[10, 4, 0]])], paths }, [
      [0, 1],
      [FIRST + 11, 1],
      [FIRST + 13, 1],
    ]);
    assert.equal(
      csvOf(report),
      [
        'kind,volume,path,what,status,sector,sectors,fileOffset,bytes,note',
        `file,1,"/a, ""b""\r\n=c",,bad,${FIRST + 11},1,512,512,`,
        `file,1,"/a, ""b""\r\n=c",,bad,${FIRST + 13},1,1536,464,`,
        'meta,,,protective-mbr,bad,0,1,,,other programs may not see that the disk has a GPT',
        'free,,,,bad,,0,,,',
        'free,,,,notRescued,,0,,,',
        'used,,,,bad,,2,,,',
        'used,,,,notRescued,,0,,,',
        'unknown,,,,bad,,0,,,',
        'unknown,,,,notRescued,,0,,,',
        'outside,,,,bad,,1,,,',
        'outside,,,,notRescued,,0,,,',
        '',
      ].join('\r\n'),
    );
  });
});
