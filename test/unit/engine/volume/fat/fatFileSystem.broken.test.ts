import assert from 'node:assert/strict';
import { openFat } from '../../../../../src/engine/volume/fat/fatFileSystem';
import type { SectorSource } from '../../../../../src/engine/volume/volumeContracts';
import { VolumeReader } from '../../../../../src/engine/volume/volumeReader';
import { FatImage, shortSlot } from '../../../../support/volume/fatImage';
import { look, opened } from '../../../../support/volume/look';
import { BytesSource } from '../../../../support/volume/volumeFixture';

const GEOMETRY = { bits: 12, clusters: 400 } as const;

/** A folder of two sectors in the root, the first of them full, with a file in each. */
function twoSectors(): FatImage {
  const image = new FatImage(GEOMETRY);
  for (let file = 0; file < 17; file++) image.file(image.root, `F${file}`, [100 + file]);
  return image;
}

describe('A FAT volume that is damaged', () => {
  it('is opened by its backup on FAT32, and is unknown on FAT12 and FAT16', async () => {
    for (const sectorBytes of [512, 4096]) {
      const image = new FatImage({ bits: 32, clusters: 300, sectorBytes });
      image.file(image.root, 'A', [10]);
      const fileSystem = await opened(openFat, image.bytes, [0]);
      assert.ok(fileSystem.notes.some((note) => note.includes('backup')));
      assert.equal((await look(fileSystem)).files['/A'], `data 0:${image.sectorOf(10)}+${sectorBytes / 512}`);
      const both = new Set([0, (6 * sectorBytes) / 512]);
      assert.equal(await openFat(new BytesSource(image.bytes, both).reader()), null);
    }
    const { bytes } = new FatImage(GEOMETRY);
    assert.equal(await openFat(new BytesSource(bytes, new Set([0])).reader()), null);
  });

  it('has a FAT12 entry in two sectors: it is unknown with either, unless the other FAT has it', async () => {
    const image = new FatImage(GEOMETRY);
    image.file(image.root, 'A', [341, 350]);
    const first = image.tableAt.map((at) => at / 512);
    const whole = `data 0:${image.sectorOf(341)}+1, data 1:${image.sectorOf(350)}+1`;
    for (const half of [0, 1]) {
      const one = await look(await opened(openFat, image.bytes, [first[0]! + half]));
      assert.deepEqual([one.files['/A'], one.doubts], [whole, []]);
      const both = await opened(openFat, image.bytes, [first[0]! + half, first[1]! + half]);
      const seen = await look(both);
      assert.equal(seen.files['/A'], `data 0:${image.sectorOf(341)}+1`);
      assert.deepEqual(seen.doubts, ["/A: the FAT entry of cluster 341 can't be read"]);
      const allocation = await both.allocationAt(image.sectorOf(341));
      assert.deepEqual(allocation, {
        reason: "the FAT entry of cluster 341 can't be read",
        ranges: first.map((sector) => [sector, 2]),
      });
    }
    const noted = await opened(openFat, image.bytes, [first[0]!]);
    await look(noted);
    assert.ok(noted.notes.some((note) => note.includes('other copy was used')));
  });

  it('tells used space that is unknown apart', async () => {
    const image = new FatImage({ bits: 16, clusters: 4085, tables: 1 });
    image.file(image.root, 'A', [10]);
    const fileSystem = await opened(openFat, image.bytes, [image.tableAt[0]! / 512 + 1]);
    assert.equal((await fileSystem.space()).used, null);
    const runs = [];
    for await (const { range, usage } of fileSystem.usage()) runs.push(`${usage} ${range[0]}+${range[1]}`);
    const at = (cluster: number) => image.sectorOf(cluster);
    assert.deepEqual(runs, [
      `used 0+${at(2)}`,
      `free ${at(2)}+8`,
      `used ${at(10)}+1`,
      `free ${at(11)}+245`,
      `unknown ${at(256)}+256`,
      `free ${at(512)}+${4087 - 512}`,
    ]);
  });

  it('ends each broken chain where it breaks, and says how', async () => {
    const breaks: [number, string][] = [
      [0, 'calls it free'],
      [1, 'leads to cluster 1, which does not exist'],
      [402, 'leads to cluster 402, which does not exist'],
      [0xff6, 'leads to cluster 4086, which does not exist'],
      [0xff7, 'calls it bad'],
      [10, 'leads back to cluster 10'],
      [12, 'leads back to cluster 12'],
    ];
    for (const [value, how] of breaks) {
      const image = new FatImage(GEOMETRY);
      image.file(image.root, 'A', [10, 11, 12]);
      image.link(12, value);
      const { files, doubts } = await look(await opened(openFat, image.bytes));
      assert.equal(files['/A'], `data 0:${image.sectorOf(10)}+3`);
      assert.deepEqual(doubts, [`/A: its chain is broken: the FAT entry of cluster 12 ${how}`]);
    }
  });

  it('says when an entry names no cluster, one that does not exist, or too few', async () => {
    const image = new FatImage(GEOMETRY);
    image.slot(image.root, shortSlot('NONE', 0x20, 0, 5));
    image.slot(image.root, shortSlot('BEYOND', 0x20, 402, 5));
    image.file(image.root, 'SHORT', [10], 513);
    image.file(image.root, 'LONG', [20, 21], 1);
    const { files, doubts } = await look(await opened(openFat, image.bytes));
    assert.deepEqual([files['/NONE'], files['/BEYOND']], ['', '']);
    assert.equal(files['/LONG'], `data 0:${image.sectorOf(20)}+2`);
    assert.deepEqual(doubts, [
      '/NONE: its entry names no cluster, though it is not empty',
      '/BEYOND: its first cluster, 402, does not exist',
      '/SHORT: its chain of clusters ends before its size is reached',
    ]);
  });

  it('believes what comes after a lost sector of a folder, when nothing speaks against it', async () => {
    const image = twoSectors();
    const seen = await look(await opened(openFat, image.bytes, [image.rootAt / 512]));
    assert.deepEqual(Object.keys(seen.files), ['/', '/(unknown name; short name F16)']);
    assert.deepEqual(seen.doubts, ["part of the folder / can't be read"]);
    assert.equal(seen.files['/(unknown name; short name F16)'], `data 0:${image.sectorOf(116)}+1`);
  });

  it('does not believe it when more is left after the end of the folder', async () => {
    const image = twoSectors();
    image.root.next++;
    image.file(image.root, 'STALE', [150]);
    const { files, doubts } = await look(await opened(openFat, image.bytes, [image.rootAt / 512]));
    assert.equal(files['/(unknown name; short name F16)'], '');
    assert.equal(doubts.length, 2);
    assert.match(doubts[1]!, /what may be the end of its folder can't be read/);
  });

  it('does not believe it when the FAT or the folder itself says another thing', async () => {
    const spoil: ((image: FatImage) => void)[] = [
      (image) => image.link(116, 0),
      (image) => image.chain([116, 117]),
      (image) => image.bytes.fill(0, image.slotAt(image.root, 16) + 0x1c, image.slotAt(image.root, 17)),
      (image) => {
        image.bytes[image.slotAt(image.root, 16) + 0x0b] = 0x10;
      },
    ];
    for (const change of spoil) {
      const image = twoSectors();
      change(image);
      const { files } = await look(await opened(openFat, image.bytes, [image.rootAt / 512]));
      assert.equal(files['/(unknown name; short name F16)'], '');
    }
    const image = twoSectors();
    image.folder(image.root, 'FOLDER', [120]);
    const lost = [image.rootAt / 512];
    assert.notEqual((await look(await opened(openFat, image.bytes, lost))).files['/FOLDER'], '');
    lost.push(image.sectorOf(120));
    assert.equal((await look(await opened(openFat, image.bytes, lost))).files['/FOLDER'], '');
  });

  it('keeps a long name that begins after the lost sector, and the short one after a deleted entry', async () => {
    const image = new FatImage(GEOMETRY);
    for (let file = 0; file < 16; file++) image.file(image.root, `F${file}`, []);
    image.slot(image.root, Uint8Array.of(0xe5));
    image.file(image.root, 'KNOWN', []);
    image.file(image.root, 'known for its long name', []);
    const { files } = await look(await opened(openFat, image.bytes, [image.rootAt / 512]));
    assert.deepEqual(Object.keys(files), ['/', '/KNOWN', '/known for its long name']);
  });

  it('ends where folders lead back to one another, or share their space', async () => {
    const image = new FatImage(GEOMETRY);
    const one = image.folder(image.root, 'ONE', [10]);
    const two = image.folder(one, 'TWO', [11]);
    image.slot(two, shortSlot('BACK', 0x10, 10, 0));
    image.slot(image.root, shortSlot('ALSO', 0x10, 11, 0));
    const fileSystem = await opened(openFat, image.bytes);
    const { files, doubts } = await look(fileSystem);
    assert.deepEqual(Object.keys(files).length, 5);
    assert.equal(doubts.filter((doubt) => doubt.includes('share their space')).length, 2);
    assert.equal((await fileSystem.find('/ONE/TWO/BACK/TWO'))?.kind, 'dir');
  });

  it('ends in time where each folder leads to the next twice', async () => {
    const image = new FatImage(GEOMETRY);
    let folder = image.root;
    for (let depth = 0; depth < 100; depth++) {
      const next = image.folder(folder, 'A', [10 + depth]);
      image.slot(folder, shortSlot('B', 0x10, 10 + depth, 0));
      folder = next;
    }
    const { files, doubts } = await look(await opened(openFat, image.bytes));
    assert.equal(Object.keys(files).length, 201);
    assert.equal(doubts.length, 100);
  });

  it('takes no folder for longer than it can be', async () => {
    const image = new FatImage({ bits: 16, clusters: 4200 });
    const clusters = Array.from({ length: 4100 }, (_, at) => 50 + at);
    const folder = image.folder(image.root, 'F', clusters);
    for (const cluster of clusters)
      image.bytes.fill(0xe5, image.sectorOf(cluster) * 512, (image.sectorOf(cluster) + 1) * 512);
    assert.equal(folder.next, 2);
    const { doubts } = await look(await opened(openFat, image.bytes));
    assert.deepEqual(doubts, ['the folder F is longer than a folder can be']);
  });

  it('gives a file of very many parts in pieces, and in whole when it is looked for', async () => {
    const image = new FatImage({ bits: 32, clusters: 40_000 });
    image.file(
      image.root,
      'A',
      Array.from({ length: 17_000 }, (_, at) => 10 + at * 2),
    );
    const fileSystem = await opened(openFat, image.bytes);
    const lengths: number[] = [];
    for await (const { parts, id } of fileSystem.files({ onDoubt: () => assert.fail() }))
      if (id !== fileSystem.root) lengths.push(parts.length);
    assert.deepEqual(lengths, [16_384, 17_000 - 16_384]);
    assert.equal((await fileSystem.find('/A'))?.parts.length, 17_000);
  });

  it('is soon done with a volume that says it is far longer than its disk', async () => {
    const image = new FatImage({ bits: 32, clusters: 100 });
    image.file(image.root, 'A', [10]);
    const view = new DataView(image.bytes.buffer);
    view.setUint32(0x20, 0xffff_ffff, true);
    view.setUint32(0x24, 0x0020_0000, true);
    const fileSystem = await opened(openFat, image.bytes);
    const start = performance.now();
    const runs = [];
    for await (const { range, usage } of fileSystem.usage()) runs.push([usage, range[1]]);
    assert.deepEqual(runs, [['used', image.bytes.length / 512]]);
    assert.equal((await fileSystem.space()).used, null);
    assert.ok(performance.now() - start < 5000);
  });

  it('counts right beyond 2^31 sectors', async () => {
    const small = new FatImage({ bits: 32, clusters: 100, sectorBytes: 4096 });
    small.file(small.root, 'A', [3]);
    const view = new DataView(small.bytes.buffer);
    // 2^28 clusters, the most there can be: 2^31 sectors of 512 bytes, after a FAT of 1 GiB.
    const clusters = 0x0fff_fff0;
    const tableSize = Math.ceil(((clusters + 2) * 4) / 4096);
    const heapStart = 12 + 2 * tableSize;
    view.setUint32(0x24, tableSize, true);
    view.setUint32(0x20, heapStart + clusters, true);
    view.setUint32(0x2c, 5, true);
    const last = clusters + 1;
    const root = new Uint8Array(4096);
    root.set(shortSlot('FAR', 0x20, last, 4096));
    const pieces = new Map<number, Uint8Array>([
      [0, small.bytes.subarray(0, 12 * 4096)],
      [heapStart * 8 + 3 * 8, root],
    ]);
    for (const [cluster, value] of [
      [5, 0x0fff_ffff],
      [last, 0x0fff_ffff],
    ] as const) {
      const sector = 12 * 8 + Math.floor((cluster * 4) / 512);
      const bytes = new Uint8Array(512);
      new DataView(bytes.buffer).setUint32((cluster * 4) % 512, value, true);
      pieces.set(sector, bytes);
    }
    const source = sparse((heapStart + clusters) * 8, pieces);
    const fileSystem = (await openFat(new VolumeReader(source, 0, source.sectorCount)))!;
    const far = (heapStart + clusters - 1) * 8;
    assert.ok(far > 2 ** 31);
    assert.deepEqual((await look(fileSystem)).files, {
      '/': `data 0:${heapStart * 8 + 24}+8`,
      '/FAR': `data 0:${far}+8`,
    });
    assert.equal(await fileSystem.allocationAt(far), 'used');
    assert.equal(await fileSystem.allocationAt(far - 8), 'free');
  });
});

/** A disk of which only pieces are not zeros. */
function sparse(sectorCount: number, pieces: ReadonlyMap<number, Uint8Array>): SectorSource {
  return {
    sectorCount,
    async read(sector, buffer) {
      buffer.fill(0);
      for (const [first, bytes] of pieces) {
        const from = (first - sector) * 512;
        if (from >= buffer.length || from + bytes.length <= 0) continue;
        const part = bytes.subarray(Math.max(0, -from), Math.min(bytes.length, buffer.length - from));
        buffer.set(part, Math.max(0, from));
      }
    },
  };
}
