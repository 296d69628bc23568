import assert from 'node:assert/strict';
import { openFat } from '../../../../../src/engine/volume/fat/fatFileSystem';
import type { Doubt } from '../../../../../src/engine/volume/volumeContracts';
import { UnreadableError } from '../../../../../src/engine/volume/volumeReader';
import { type FatGeometry, FatImage, longSlots, shortSlot } from '../../../../support/volume/fatImage';
import { look, opened } from '../../../../support/volume/look';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const GEOMETRIES: FatGeometry[] = [
  { bits: 12, clusters: 400, perCluster: 2, spareSectors: 1 },
  { bits: 12, clusters: 4084, tables: 1 },
  { bits: 16, clusters: 4085 },
  { bits: 16, clusters: 4100, sectorBytes: 2048 },
  { bits: 32, clusters: 600, perCluster: 4, spareSectors: 3 },
  { bits: 32, clusters: 600, sectorBytes: 4096 },
];

/** A volume with a fragmented file in the root, and a file in a folder. */
function filled(geometry: FatGeometry): FatImage {
  const image = new FatImage(geometry);
  image.file(image.root, 'A.BIN', [10, 11, 20, 15], image.clusterBytes * 3 + 5);
  image.file(image.root, 'EMPTY', []);
  const folder = image.folder(image.root, 'A folder — größer', [30, 5]);
  image.file(folder, 'inner file.txt', [341, 342]);
  return image;
}

const noDoubt = ({ reason }: Doubt): undefined => assert.fail(reason);

describe('A FAT volume', () => {
  for (const geometry of GEOMETRIES) {
    it(`has the files that were written: ${JSON.stringify(geometry)}`, async () => {
      const image = filled(geometry);
      const fileSystem = await opened(openFat, image.bytes);
      const unit = image.clusterBytes / 512;
      const at = (cluster: number) => image.sectorOf(cluster);
      const root =
        geometry.bits === 32
          ? `data 0:${at(2)}+${unit}`
          : `data 0:${image.rootAt / 512}+${(image.heapAt - image.rootAt) / 512}`;
      assert.deepEqual(await look(fileSystem), {
        files: {
          '/': root,
          '/A.BIN': `data 0:${at(10)}+${2 * unit}, data ${2 * unit}:${at(20)}+${unit}, data ${3 * unit}:${at(15)}+${unit}`,
          '/EMPTY': '',
          '/A folder — größer': `data 0:${at(30)}+${unit}, data ${unit}:${at(5)}+${unit}`,
          '/A folder — größer/inner file.txt': `data 0:${at(341)}+${2 * unit}`,
        },
        doubts: [],
      });
      assert.equal(fileSystem.kind, `fat${geometry.bits}`);
      assert.equal(fileSystem.unitSectors, unit);
      assert.equal(fileSystem.sectorCount, image.bytes.length / 512);
      assert.equal(fileSystem.label, 'BOOT LABEL');
      const used = (geometry.bits === 32 ? 9 : 8) * image.clusterBytes;
      assert.deepEqual(await fileSystem.space(), { total: geometry.clusters * image.clusterBytes, used });
    });

    it(`names its structures without a gap: ${JSON.stringify(geometry)}`, async () => {
      const image = filled(geometry);
      const fileSystem = await opened(openFat, image.bytes);
      let end = 0;
      for await (const { what, range } of fileSystem.structures()) {
        if (range[0] !== end) assert.equal(range[0], image.sectorOf(geometry.clusters + 2), what);
        end = range[0] + range[1];
        assert.equal((await fileSystem.structureAt(range[0]))?.what, what);
        assert.equal((await fileSystem.structureAt(end - 1))?.what, what);
        if (what !== 'beyond-last-cluster') assert.ok(end <= image.heapAt / 512);
        assert.equal(await fileSystem.allocationAt(range[0]), 'used');
      }
      assert.equal(await fileSystem.structureAt(image.heapAt / 512), null);
    });

    it(`tells used from free: ${JSON.stringify(geometry)}`, async () => {
      const image = filled(geometry);
      image.link(100, geometry.bits === 12 ? 0xff7 : geometry.bits === 16 ? 0xfff7 : 0x0fff_fff7);
      const fileSystem = await opened(openFat, image.bytes);
      assert.equal(await fileSystem.allocationAt(image.sectorOf(100)), 'bad');
      assert.equal(await fileSystem.allocationAt(image.sectorOf(20)), 'used');
      assert.equal(await fileSystem.allocationAt(image.sectorOf(21)), 'free');
      const runs = [];
      for await (const run of fileSystem.usage()) runs.push(run);
      let end = 0;
      for (const { range, usage } of runs) {
        assert.equal(range[0], end);
        end = range[0] + range[1];
        for (const sector of [range[0], end - 1]) {
          const isFree = (await fileSystem.allocationAt(sector)) === 'free';
          assert.equal(usage, isFree ? 'free' : 'used', `${sector}`);
        }
      }
      assert.equal(end, fileSystem.sectorCount);
      assert.ok(runs.length > 8);
    });
  }

  it('finds a file by its path, without regard to case', async () => {
    const fileSystem = await opened(openFat, filled(GEOMETRIES[0]!).bytes);
    const exact = await fileSystem.find('/A folder — größer/inner file.txt');
    assert.equal(exact?.kind, 'file');
    assert.deepEqual(await fileSystem.find('a FOLDER — GRÖßer/Inner File.TXT'), exact);
    assert.equal(await fileSystem.find('/A.BIN/below a file'), null);
    assert.equal(await fileSystem.find('/nothing'), null);
    assert.equal((await fileSystem.find('/'))?.id, fileSystem.root);
  });

  it('lists a folder, and knows a path without a walk before', async () => {
    const image = filled(GEOMETRIES[4]!);
    const list = async (from: typeof fileSystem, id: number, onDoubt = noDoubt) => {
      const names: Record<string, number> = {};
      for await (const { name, id: own, kind } of from.children(id, onDoubt)) names[`${kind} ${name}`] = own;
      return names;
    };
    const fileSystem = await opened(openFat, image.bytes);
    const top = await list(fileSystem, fileSystem.root);
    assert.deepEqual(Object.keys(top), ['file A.BIN', 'file EMPTY', 'dir A folder — größer']);
    const folder = top['dir A folder — größer']!;
    const inner = (await list(fileSystem, folder))['file inner file.txt']!;
    for (const asked of [inner, folder, top['file A.BIN']!]) {
      const fresh = await opened(openFat, image.bytes);
      assert.deepEqual(await fresh.pathsOf(asked), await fileSystem.pathsOf(asked));
    }
    assert.deepEqual(await list(await opened(openFat, image.bytes), folder), {
      'file inner file.txt': inner,
    });
    assert.deepEqual(await fileSystem.pathsOf(inner), ['/A folder — größer/inner file.txt']);
    assert.deepEqual(await fileSystem.pathsOf(inner + 1), []);
    // Where no folder is known by a number, one that is lost may have it.
    const doubts: string[] = [];
    const told = ({ reason }: Doubt): undefined => void doubts.push(reason);
    assert.deepEqual(await list(fileSystem, inner, told), {});
    assert.deepEqual(doubts, ['no folder that can be read leads to this one']);
  });

  it('takes the label that the root folder keeps', async () => {
    const image = new FatImage({ bits: 12, clusters: 50 });
    image.slot(image.root, shortSlot('OLDLABEL', 0x08, 0, 0));
    image.bytes[image.slotAt(image.root, 0)] = 0xe5;
    const label = shortSlot('NEWLABEL.YES', 0x08, 0, 0);
    image.slot(image.root, label);
    assert.equal((await opened(openFat, image.bytes)).label, 'NEWLABELYES');
  });

  it('has no owner in deleted entries, nor in what lies after the end of a folder', async () => {
    const image = new FatImage({ bits: 12, clusters: 50 });
    image.file(image.root, 'GONE', [10]);
    image.bytes[image.slotAt(image.root, 0)] = 0xe5;
    image.file(image.root, 'KEPT', [11]);
    image.root.next++;
    image.file(image.root, 'STALE', [12]);
    const { files } = await look(await opened(openFat, image.bytes));
    assert.deepEqual(Object.keys(files), ['/', '/KEPT']);
  });

  it('reads the upper half of a cluster number on FAT32 only', async () => {
    const image = new FatImage({ bits: 16, clusters: 4085 });
    image.chain([10]);
    image.slot(image.root, shortSlot('A', 0x20, 10 + 7 * 0x10000, 1));
    const { files, doubts } = await look(await opened(openFat, image.bytes));
    assert.deepEqual([files['/A'], doubts], [`data 0:${image.sectorOf(10)}+1`, []]);
  });

  it('shows short names in lower case and in their code page, and says so', async () => {
    const image = new FatImage({ bits: 12, clusters: 50 });
    const lower = shortSlot('LOWER.TXT', 0x20, 0, 0);
    lower[0x0c] = 0x18;
    image.slot(image.root, lower);
    const page = shortSlot('X\x84X', 0x20, 0, 0);
    page[0] = 0x05;
    image.slot(image.root, page);
    const fileSystem = await opened(openFat, image.bytes);
    const { files } = await look(fileSystem);
    assert.deepEqual(Object.keys(files), ['/', '/lower.txt', '/σäX']);
    assert.ok(fileSystem.notes.some((note) => note.includes('code page 437')));
  });

  it('takes the short name where the long name is not its own', async () => {
    const image = new FatImage({ bits: 12, clusters: 50 });
    const short = shortSlot('SHORT.TXT', 0x20, 0, 0);
    const [second, first] = longSlots('some long name.txt', shortSlot('OTHER.TXT', 0x20, 0, 0));
    const [whole] = longSlots('wholename', short);
    for (const slot of [second!, first!, short, whole!]) image.slot(image.root, slot);
    image.slot(image.root, shortSlot('NEXT.TXT', 0x20, 0, 0));
    const own = longSlots('too long for one part', short);
    image.slot(image.root, own[1]!);
    image.slot(image.root, short);
    const { files } = await look(await opened(openFat, image.bytes));
    assert.deepEqual(Object.keys(files), ['/', '/SHORT.TXT', '/NEXT.TXT']);
  });

  it('follows the FAT that counts alone, when the copies are not kept alike', async () => {
    const image = new FatImage({ bits: 32, clusters: 100, activeTable: 1 });
    image.file(image.root, 'A', [10, 11]);
    image.link(10, 50, 0);
    const fileSystem = await opened(openFat, image.bytes);
    assert.deepEqual((await look(fileSystem)).files['/A'], `data 0:${image.sectorOf(10)}+2`);
    const lost = await opened(openFat, image.bytes, [image.tableAt[1]! / 512]);
    assert.deepEqual((await look(lost)).files['/A'], `data 0:${image.sectorOf(10)}+1`);
    assert.equal((await lost.space()).used, null);
  });

  it('says when the copies of the FAT differ', async () => {
    const image = new FatImage({ bits: 16, clusters: 4085 });
    image.file(image.root, 'A', [10, 11]);
    image.link(300, 50, 1);
    const fileSystem = await opened(openFat, image.bytes);
    const { files } = await look(fileSystem);
    assert.equal(files['/A'], `data 0:${image.sectorOf(10)}+2`);
    assert.ok(
      fileSystem.notes.some((note) =>
        note.includes(`differ, first at sector ${image.tableAt[1]! / 512 + 1}`),
      ),
    );
  });

  it('says when the volume was not unmounted, or is cut short', async () => {
    for (const [bits, value] of [
      [16, 0x7fff],
      [32, 0x07ff_ffff],
    ] as const) {
      const image = new FatImage({ bits, clusters: 4085 });
      const clean = await opened(openFat, image.bytes);
      assert.equal(clean.notes.length, 1);
      image.link(1, value);
      const cut = image.bytes.subarray(0, image.bytes.length - 512);
      const { notes, sectorCount } = await opened(openFat, cut);
      assert.equal(sectorCount, image.bytes.length / 512);
      assert.match(notes.join('\n'), /longer than its volume, by 1 sectors\n.*not unmounted/);
    }
  });

  it('ends a walk when it is told to, and tells how far it is', async () => {
    const image = filled(GEOMETRIES[0]!);
    const fileSystem = await opened(openFat, image.bytes);
    const done: number[] = [];
    for await (const _ of fileSystem.files({ onDoubt: noDoubt, progress: (part) => done.push(part) }));
    for await (const _ of fileSystem.usage({ progress: (part) => done.push(part) }));
    assert.deepEqual(done, [0.5, 1, 1]);
    const reason = new Error('enough');
    const walk = fileSystem.files({ onDoubt: noDoubt, signal: AbortSignal.abort(reason) });
    await assert.rejects(async () => {
      for await (const _ of walk);
    }, reason);
    await assert.rejects(async () => {
      for await (const _ of fileSystem.usage({ signal: AbortSignal.abort(reason) }));
    }, reason);
  });

  it('is not seen in what is none', async () => {
    const { bytes } = filled(GEOMETRIES[2]!);
    const spoilt: [number, number[]][] = [
      [510, [0, 0]],
      [0x0b, [0, 3]],
      [0x0b, [0, 1]],
      [0x0d, [3]],
      [0x0d, [0]],
      [0x0e, [0, 0]],
      [0x10, [0]],
      [0x10, [9]],
      [0x11, [0, 0]],
      [0x13, [20, 0]],
      [0x15, [0x10]],
      [0x16, [0, 0]],
    ];
    for (const [at, values] of spoilt) {
      const copy = bytes.slice();
      copy.set(values, at);
      assert.equal(await openFat(new BytesSource(copy).reader()), null, `${at}`);
    }
    assert.equal(await openFat(new BytesSource(new Uint8Array(512)).reader()), null);
  });

  it('passes on an error that is not of the medium', async () => {
    const { bytes } = filled(GEOMETRIES[0]!);
    const source = new BytesSource(bytes);
    const reader = source.reader();
    source.read = async () => {
      throw new TypeError('not ours');
    };
    await assert.rejects(openFat(reader), TypeError);
  });

  it('can’t say that a name is missing when part of the folder is', async () => {
    const image = new FatImage({ bits: 12, clusters: 50 });
    for (let file = 0; file < 20; file++) image.file(image.root, `F${file}`, [10 + file]);
    const fileSystem = await opened(openFat, image.bytes, [image.rootAt / 512]);
    assert.equal((await fileSystem.find('/f19'))?.kind, 'file');
    await assert.rejects(fileSystem.find('/F0'), UnreadableError);
  });
});
