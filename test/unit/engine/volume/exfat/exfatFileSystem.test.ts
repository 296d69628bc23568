import assert from 'node:assert/strict';
import { openExfat } from '../../../../../src/engine/volume/exfat/exfatFileSystem';
import type { Doubt } from '../../../../../src/engine/volume/volumeContracts';
import { VolumeReader } from '../../../../../src/engine/volume/volumeReader';
import { type ExfatGeometry, ExfatImage, objectSlot } from '../../../../support/volume/exfatImage';
import { look, opened } from '../../../../support/volume/look';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const GEOMETRIES: ExfatGeometry[] = [
  { clusters: 400 },
  { clusters: 400, perClusterLog: 3, spareSectors: 5 },
  { clusters: 300, sectorLog: 12, tables: 2 },
  { clusters: 300, tables: 2, active: 1 },
];

/** A volume with a chained file, one without a chain, and a file in a folder. */
function filled(geometry: ExfatGeometry): ExfatImage {
  const image = new ExfatImage({ ...geometry, active: 0 });
  const { clusterBytes } = image;
  image.file(image.root, 'chained.bin', { size: clusterBytes * 3 + 5, clusters: [10, 11, 20, 15] });
  image.file(image.root, 'empty', { size: 0, clusters: [] });
  const folder = image.folder(image.root, 'A folder — größer', [30, 31], true);
  image.file(folder, 'inner', { size: clusterBytes * 2, clusters: [50, 51], contiguous: true });
  return image;
}

describe('An exFAT volume', () => {
  for (const geometry of GEOMETRIES.slice(0, 3)) {
    it(`has the files that were written: ${JSON.stringify(geometry)}`, async () => {
      const image = filled(geometry);
      const fileSystem = await opened(openExfat, image.bytes);
      const unit = image.clusterBytes / 512;
      const at = (cluster: number) => image.sectorOf(cluster);
      assert.deepEqual(await look(fileSystem), {
        files: {
          '/': `data 0:${at(4)}+${unit}`,
          [`object ${image.slotAt(image.root, 1) / 32}`]: `bitmap 0:${at(2)}+${unit}`,
          [`object ${image.slotAt(image.root, 2) / 32}`]: `upcase 0:${at(3)}+${unit}`,
          '/chained.bin': `data 0:${at(10)}+${2 * unit}, data ${2 * unit}:${at(20)}+${unit}, data ${3 * unit}:${at(15)}+${unit}`,
          '/empty': '',
          '/A folder — größer': `data 0:${at(30)}+${2 * unit}`,
          '/A folder — größer/inner': `data 0:${at(50)}+${2 * unit}`,
        },
        doubts: [],
      });
      assert.equal(fileSystem.kind, 'exfat');
      assert.equal(fileSystem.label, 'WRITTEN');
      assert.equal(fileSystem.unitSectors, unit);
      assert.equal(fileSystem.sectorCount, image.bytes.length / 512);
      assert.deepEqual(fileSystem.notes, []);
      assert.deepEqual(await fileSystem.space(), {
        total: geometry.clusters * image.clusterBytes,
        used: 11 * image.clusterBytes,
      });
    });

    it(`names its structures without a gap: ${JSON.stringify(geometry)}`, async () => {
      const image = filled(geometry);
      const fileSystem = await opened(openExfat, image.bytes);
      const names: string[] = [];
      let end = 0;
      for await (const { what, range } of fileSystem.structures()) {
        names.push(what);
        if (range[0] !== end) assert.equal(range[0], image.sectorOf(geometry.clusters + 2), what);
        end = range[0] + range[1];
        assert.equal((await fileSystem.structureAt(end - 1))?.what, what);
      }
      const tables = geometry.tables === 2 ? ['fat1', 'fat2'] : ['fat1'];
      const tail = geometry.spareSectors ? ['beyond-last-cluster'] : [];
      assert.deepEqual(names, ['boot-region', 'backup-boot-region', 'gap', ...tables, 'gap', ...tail]);
    });

    it(`tells used from free by the bitmap alone: ${JSON.stringify(geometry)}`, async () => {
      const image = filled(geometry);
      image.link(60, 61);
      image.link(70, 0xffff_fff7);
      image.use([70]);
      const fileSystem = await opened(openExfat, image.bytes);
      const allocation = (cluster: number) => fileSystem.allocationAt(image.sectorOf(cluster));
      assert.equal(await allocation(50), 'used');
      assert.equal(await allocation(60), 'free');
      assert.equal(await allocation(70), 'bad');
      assert.equal(await fileSystem.allocationAt(0), 'used');
      const runs: string[] = [];
      for await (const { range, usage } of fileSystem.usage()) runs.push(`${usage} ${range[0]}+${range[1]}`);
      assert.equal(runs.length, image.geometry.spareSectors ? 15 : 14);
    });
  }

  it('marks what was allocated and not written, and what a vendor keeps for a file', async () => {
    const image = new ExfatImage({ clusters: 100, perClusterLog: 2 });
    const clusters = [10, 11, 12];
    image.file(image.root, 'a', {
      size: 4000,
      written: 1000,
      clusters,
      contiguous: true,
      vendor: { clusters: [20, 22] },
    });
    image.file(image.root, 'b', { size: 4000, written: 0, clusters: [30, 31] });
    const { files, doubts } = await look(await opened(openExfat, image.bytes));
    const at = (cluster: number) => image.sectorOf(cluster);
    assert.equal(
      files['/a'],
      `data 0:${at(10)}+2, unwritten 2:${at(10) + 2}+6, vendor-allocation 0:${at(20)}+4, vendor-allocation 0:${at(22)}+4`,
    );
    assert.equal(files['/b'], `unwritten 0:${at(30)}+8`);
    assert.deepEqual(doubts, []);
  });

  it('follows neither FAT nor bitmap of the copy that doesn’t count', async () => {
    const image = new ExfatImage({ clusters: 300, tables: 2, active: 1 });
    image.slot(image.root, objectSlot(0x81, 5, 38, 1));
    const fileSystem = await opened(openExfat, image.bytes);
    // The second bitmap, in cluster 5, is all zeros.
    image.chain([5]);
    assert.equal(await fileSystem.allocationAt(image.sectorOf(4)), 'free');
    const { files } = await look(fileSystem);
    assert.equal(
      files[`object ${image.slotAt(image.root, 1) / 32}`],
      `inactive-bitmap 0:${image.sectorOf(2)}+1`,
    );
  });

  it('reads a bitmap that is in pieces, and longer than it needs to be', async () => {
    const image = new ExfatImage({ clusters: 5000 });
    image.chain([2, 100]);
    image.slotAt(image.root, 1);
    image.bytes.set(objectSlot(0x81, 2, 1024), image.slotAt(image.root, 1));
    image.bytes[image.sectorOf(100) * 512] = 0b101;
    const fileSystem = await opened(openExfat, image.bytes);
    const states = [];
    for (const cluster of [4098, 4099, 4100, 4101])
      states.push(await fileSystem.allocationAt(image.sectorOf(cluster)));
    assert.deepEqual(states, ['used', 'free', 'used', 'free']);
    image.bytes.set(objectSlot(0x81, 2, 512), image.slotAt(image.root, 1));
    const short = await opened(openExfat, image.bytes);
    assert.deepEqual(await short.allocationAt(image.sectorOf(4098)), {
      reason: 'the allocation bitmap is missing or too short',
      ranges: [],
    });
    assert.equal((await short.space()).used, null);
  });

  it('is opened by its backup when the first boot region is lost or its checksum is wrong', async () => {
    for (const geometry of GEOMETRIES) {
      const image = filled(geometry);
      for (const lost of [0, 5, 11 * (image.sectorBytes / 512)]) {
        const fileSystem = await opened(openExfat, image.bytes, [lost]);
        assert.match(fileSystem.notes.join(), /backup boot region was used/);
        assert.equal(Object.keys((await look(fileSystem)).files).length, 7);
      }
      const source = new BytesSource(image.bytes, new Set([0, 12 * (image.sectorBytes / 512)]));
      assert.equal(await openExfat(source.reader()), null);
      image.bytes[0x60] = 9;
      assert.match((await opened(openExfat, image.bytes)).notes.join(), /damaged/);
    }
  });

  it('counts a volume flag that changes without a checksum, and says what it means', async () => {
    const image = filled(GEOMETRIES[0]!);
    image.bytes[0x6a] = 2;
    image.bytes[0x70] = 77;
    const cut = image.bytes.subarray(0, image.bytes.length - 1024);
    const { notes } = await opened(openExfat, cut);
    assert.match(
      notes.join('\n'),
      /^the volume was not unmounted.*\n.*longer than its volume, by 2 sectors$/,
    );
  });

  it('is not seen in what is none, or can’t be', async () => {
    assert.equal(await openExfat(new BytesSource(new Uint8Array(65_536)).reader()), null);
    const spoilt: [number, number[]][] = [
      [0x6c, [13]],
      [0x6d, [26]],
      [0x6e, [3]],
      [0x4f, [0xff]],
      [0x50, [3]],
      [0x58, [33]],
      [0x5c, [0, 0]],
      [0x5c, [0, 0x20]],
      [0x54, [1]],
    ];
    for (const [at, values] of spoilt) {
      const image = filled(GEOMETRIES[0]!);
      for (const region of [0, 12] as const) {
        image.bytes.set(values, region * 512 + at);
        image.sumBoot(region);
      }
      assert.equal(await openExfat(new BytesSource(image.bytes).reader()), null, `${at}`);
    }
  });
});

const noDoubt = ({ reason }: Doubt) => assert.fail(reason);

describe('An exFAT volume that is damaged', () => {
  it('counts a set of folder entries whose checksum is wrong as unreadable', async () => {
    for (const slot of [3, 4, 5]) {
      const image = filled(GEOMETRIES[0]!);
      const at = image.slotAt(image.root, slot);
      image.bytes[at + 25] = image.bytes[at + 25]! ^ 1;
      const { files, doubts } = await look(await opened(openExfat, image.bytes));
      assert.equal(files['/chained.bin'], undefined);
      assert.ok(files['/A folder — größer']);
      assert.deepEqual(doubts, ['the checksum of a set of folder entries is wrong']);
    }
  });

  it('counts a set that is not complete as unreadable, and goes on with the next', async () => {
    const counts: [number, string][] = [
      [1, 'a set of folder entries is too short'],
      [3, 'a set of folder entries is not complete'],
    ];
    for (const [count, reason] of counts) {
      const image = filled(GEOMETRIES[0]!);
      image.bytes[image.slotAt(image.root, 3) + 1] = count;
      const { files, doubts } = await look(await opened(openExfat, image.bytes));
      assert.ok(files['/A folder — größer']);
      assert.deepEqual(doubts, [reason]);
    }
  });

  it('takes a set across clusters that don’t follow one another', async () => {
    const image = new ExfatImage({ clusters: 100 });
    const folder = image.folder(image.root, 'F', [20, 10]);
    for (let file = 0; file < 6; file++)
      image.file(folder, `name ${file}`, { size: 1, clusters: [30 + file] });
    const { files, doubts } = await look(await opened(openExfat, image.bytes));
    assert.deepEqual(doubts, []);
    assert.equal(files['/F/name 5'], `data 0:${image.sectorOf(35)}+1`);
    const lost = await look(await opened(openExfat, image.bytes, [image.sectorOf(20)]));
    assert.deepEqual(
      Object.keys(lost.files).filter((path) => path.startsWith('/F')),
      ['/F'],
    );
    assert.deepEqual(lost.doubts, ["part of the folder F can't be read"]);
  });

  it('believes what comes after a lost sector of a folder when nothing speaks against it', async () => {
    const image = new ExfatImage({ clusters: 100 });
    const folder = image.folder(image.root, 'F', [10, 11]);
    for (let file = 0; file < 5; file++) image.file(folder, `f${file}`, { size: 1, clusters: [20 + file] });
    image.slot(folder, Uint8Array.of(0x05));
    image.file(folder, 'left', { size: 512, clusters: [30], contiguous: true });
    const lost = [image.sectorOf(10)];
    assert.notEqual((await look(await opened(openExfat, image.bytes, lost))).files['/F/left'], '');
    image.use([30], false);
    assert.equal((await look(await opened(openExfat, image.bytes, lost))).files['/F/left'], '');
    image.use([30]);
    folder.next++;
    image.file(folder, 'more', { size: 512, clusters: [40], contiguous: true });
    const { files } = await look(await opened(openExfat, image.bytes, lost));
    assert.deepEqual([files['/F/left'], files['/F/more']], ['', undefined]);
  });

  it('does not know what is free when the bitmap, or the folder that names it, is lost', async () => {
    const image = filled(GEOMETRIES[0]!);
    const noRoot = await opened(openExfat, image.bytes, [image.sectorOf(4)]);
    const unknown = await noRoot.allocationAt(image.sectorOf(10));
    assert.deepEqual(unknown, {
      reason: "part of the folder / can't be read",
      ranges: [[image.sectorOf(4), 1]],
    });
    const noBitmap = await opened(openExfat, image.bytes, [image.sectorOf(2)]);
    assert.deepEqual(await noBitmap.allocationAt(image.sectorOf(10)), {
      reason: "the bitmap's bit of cluster 10 can't be read",
      ranges: [[image.sectorOf(2), 1]],
    });
    const { doubts, files } = await look(noBitmap);
    assert.deepEqual([doubts.length, Object.keys(files).length], [0, 7]);
    const usages = [];
    for await (const { usage } of noBitmap.usage()) usages.push(usage);
    assert.deepEqual(usages, ['used', 'unknown']);
  });

  it('says what is missing of a volume that is cut short', async () => {
    const image = new ExfatImage({ clusters: 100 });
    image.folder(image.root, 'F', [90]);
    image.chain([80]);
    image.bytes.set(objectSlot(0x81, 80, 13), image.slotAt(image.root, 1));
    const fileSystem = await opened(openExfat, image.bytes.subarray(0, image.sectorOf(80) * 512));
    const { doubts } = await look(fileSystem);
    assert.deepEqual(doubts, ['the folder F lies beyond the end of the volume']);
    assert.deepEqual(await fileSystem.allocationAt(image.sectorOf(10)), {
      reason: "the bitmap's bit of cluster 10 can't be read",
      ranges: [[image.sectorOf(80), 1]],
    });
  });

  it('reads little to open a volume whose bitmap leads astray', async () => {
    const image = new ExfatImage({ clusters: 100_000 });
    image.chain(Array.from({ length: 90_000 }, (_, at) => 100 + at));
    image.bytes.set(objectSlot(0x81, 100, 50_000_000), image.slotAt(image.root, 1));
    const source = new BytesSource(image.bytes);
    await openExfat(source.reader());
    assert.ok(source.sectorsRead < 200, `${source.sectorsRead}`);
  });

  it('says when clusters of a file do not exist, or none are named', async () => {
    const image = new ExfatImage({ clusters: 100 });
    image.file(image.root, 'run', { size: 2000, clusters: [] });
    const fileAt = (name: string, first: number, contiguous: boolean) => {
      const before = image.root.next;
      image.file(image.root, name, { size: 1024, clusters: [first], contiguous });
      return before;
    };
    fileAt('far', 101, true);
    const { doubts } = await look(await opened(openExfat, image.bytes));
    assert.deepEqual(doubts, [
      '/run: its entry names no cluster, though it is not empty',
      '/far: its clusters 101 to 102 do not all exist',
    ]);
  });

  it('lists a folder, and finds a file, without the objects of the file system', async () => {
    const fileSystem = await opened(openExfat, filled(GEOMETRIES[1]!).bytes);
    const names: string[] = [];
    for await (const { name } of fileSystem.children(fileSystem.root, noDoubt)) names.push(name);
    assert.deepEqual(names, ['chained.bin', 'empty', 'A folder — größer']);
    assert.equal(await fileSystem.find('/A FOLDER — GRÖSSER/inner'), null);
    assert.equal((await fileSystem.find('/a folder — GRÖßer/INNER'))?.size, 2 * 4096);
    assert.equal(await fileSystem.find('/(bitmap)'), null);
  });

  it('counts right beyond 2^31 sectors', async () => {
    const image = new ExfatImage({ clusters: 100, perClusterLog: 3 });
    const clusters = 0x2000_0000;
    const view = new DataView(image.bytes.buffer);
    const tableSize = (clusters * 4) / 512 + 1;
    const heapStart = 32 + tableSize;
    for (const region of [0, 12] as const) {
      view.setBigUint64(region * 512 + 0x48, BigInt(heapStart + clusters * 8), true);
      view.setUint32(region * 512 + 0x54, tableSize, true);
      view.setUint32(region * 512 + 0x58, heapStart, true);
      view.setUint32(region * 512 + 0x5c, clusters, true);
      image.sumBoot(region);
    }
    const last = clusters + 1;
    image.file(image.root, 'far', { size: 4096, clusters: [last], contiguous: true });
    const far = heapStart + (clusters - 1) * 8;
    const root = image.bytes.subarray(image.sectorOf(4) * 512, image.sectorOf(5) * 512);
    const source = {
      sectorCount: heapStart + clusters * 8,
      async read(sector: number, buffer: Uint8Array) {
        buffer.fill(0);
        for (let at = 0; at < buffer.length / 512; at++) {
          const place = sector + at;
          const to = buffer.subarray(at * 512, (at + 1) * 512);
          const rootAt = place - (heapStart + 16);
          if (place < 33) to.set(image.bytes.subarray(place * 512, (place + 1) * 512));
          else if (rootAt >= 0 && rootAt < 8) to.set(root.subarray(rootAt * 512, (rootAt + 1) * 512));
        }
      },
    };
    assert.ok(far > 2 ** 31);
    const fileSystem = (await openExfat(new VolumeReader(source, 0, source.sectorCount)))!;
    assert.equal((await look(fileSystem)).files['/far'], `data 0:${far}+8`);
  });
});
