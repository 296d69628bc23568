import assert from 'node:assert/strict';
import { appendFile, chmod, mkdtemp, open, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ImageSource } from '../../../src/editor/imageSource';
import type { SourceChange } from '../../../src/editor/sectorSource';
import { openImage } from '../../../src/engine';
import { imageHost } from '../../support/editor/imageHost';
import { countOf, eachSector, kindsIn } from '../../support/editor/mapLayers';
import { fixtureJson, recordedSpare } from '../../support/fixtures';

const HUNDRED_GB = 100e9;

describe('sector editor: image files', () => {
  let folder: string;
  let path: string;
  let opened: ImageSource[];
  let host: ReturnType<typeof imageHost>;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'remap-editor-'));
    path = join(folder, 'disk.img');
    opened = [];
    host = imageHost();
  });

  afterEach(async () => {
    await Promise.all(opened.map((source) => source.dispose()));
    await rm(folder, { recursive: true });
  });

  async function openSource(owner?: string): Promise<ImageSource> {
    const source = await ImageSource.open(path, { ...host, owner: () => owner });
    opened.push(source);
    return source;
  }

  const content = (length: number) =>
    Buffer.from(Array.from({ length }, (_, i) => (i * 7 + (i >> 8)) & 0xff));

  for (const length of [0, 1, 511, 512, 513, 1024, 3 * 512 + 100]) {
    it(`shows and overwrites every byte of a file of ${length} bytes`, async () => {
      const bytes = content(length);
      await writeFile(path, bytes);
      const source = await openSource();
      const sectorCount = Math.ceil(length / 512);
      assert.equal(source.views[0]?.byteCount, length);
      if (length === 0) return;
      for (let sector = 0; sector < sectorCount; sector++) {
        const read = await source.read('file', sector, 1);
        assert.ok(bytes.subarray(sector * 512, sector * 512 + 512).equals(read.bytes));
      }
      assert.ok(bytes.equals((await source.read('file', 0, sectorCount)).bytes));
      const changed = Buffer.from(bytes.map((byte) => byte ^ 0xff));
      await source.write('file', 0, changed);
      assert.ok(changed.equals(await readFile(path)));
    });
  }

  it('marks what it writes as rescued in the map of the image, once it is saved', async () => {
    const map = '# of a program\n0 + 1\n0 512 +\n512 512 -\n1024 1024 ?\n2048 512 /\n2560 1536 +\n';
    const bytes = content(4096);
    await writeFile(path, bytes);
    await writeFile(`${path}.map`, map);
    const source = await openSource();
    const kinds = async () => (await source.origins('file', 0, 8)).map(({ origin }) => origin.kind);
    const changes: SourceChange[] = [];
    source.onDidChange((change) => changes.push(change));
    assert.deepEqual(await kinds(), ['plain', 'listed', 'filling', 'filling', 'plain']);
    for (const sector of [0, 1, 2]) await source.write('file', sector, content(512));
    assert.equal(await readFile(`${path}.map`, 'utf8'), map);
    await source.flush();
    assert.deepEqual(await kinds(), ['plain', 'filling', 'filling', 'plain']);
    assert.ok(changes.some(({ kind }) => kind === 'sectors'));
    const text = await readFile(`${path}.map`, 'utf8');
    assert.ok(text.startsWith('# of a program\n'));
    assert.match(text, /0x00000000 {2}0x00000600 {2}\+\n0x00000600 {2}0x00000200 {2}\?\n/);
    await source.write('file', 6, content(512));
    await source.flush();
    assert.equal(await readFile(`${path}.map`, 'utf8'), text);
  });

  it('makes no map for an image that has none, and none changes for a sector that is cut off', async () => {
    await writeFile(path, content(700));
    const source = await openSource();
    await source.write('file', 0, content(700));
    await source.flush();
    assert.deepEqual(await readdir(folder), ['disk.img']);
    await writeFile(`${path}.map`, '0 + 1\n0 512 +\n512 188 -\n');
    await source.write('file', 1, content(188));
    await source.dispose();
    opened.length = 0;
    assert.equal(await readFile(`${path}.map`, 'utf8'), '0 + 1\n0 512 +\n512 188 -\n');
  });

  it('only shows a container: its bytes are not the disk’s', async () => {
    const bytes = Buffer.alloc(1024);
    bytes.write('QFI\xfb\0\0\0\x03', 'latin1');
    await writeFile(path, bytes);
    const source = await openSource();
    const reason =
      'disk.img is a qcow2 file: these are its own bytes, not those of the disk in it, so it is only shown.';
    assert.deepEqual([source.views[0]?.readOnlyReason, source.notice], [reason, reason]);
    assert.ok(bytes.equals((await source.read('file', 0, 2)).bytes));
    await assert.rejects(source.write('file', 0, content(512)), { code: 'EINVAL' });
    assert.ok(bytes.equals(await readFile(path)));
  });

  it('reads the ends of a sparse 100 GB image', async () => {
    const handle = await open(path, 'w');
    await handle.truncate(HUNDRED_GB);
    await handle.write(Buffer.from('last'), 0, 4, HUNDRED_GB - 512);
    await handle.close();
    const source = await openSource();
    const last = HUNDRED_GB / 512 - 1;
    const read = await source.read('file', Math.floor(last), 1);
    assert.equal(Buffer.from(read.bytes.subarray(0, 4)).toString(), 'last');
    assert.ok((await source.read('file', 0, 128)).bytes.every((byte) => byte === 0));
  });

  it('says what the mapfile beside it says', async () => {
    await writeFile(path, content(100 * 512));
    await writeFile(
      `${path}.map`,
      '# Mapfile\n0x0 ? 1\n0x0 0x1400 +\n0x1400 0x200 -\n0x1600 0x2A00 +\n0x4000 0x8800 ?\n',
    );
    const source = await openSource();
    const { unreadable, bytes } = await source.read('file', 8, 30);
    assert.deepEqual(await source.origins('file', 8, 30), [
      { first: 8, count: 2, origin: { kind: 'plain' } },
      { first: 10, count: 1, origin: { kind: 'listed' } },
      { first: 11, count: 21, origin: { kind: 'plain' } },
      { first: 32, count: 6, origin: { kind: 'filling', why: 'never tried' } },
    ]);
    assert.deepEqual(unreadable, []);
    assert.equal(bytes.length, 30 * 512);
    assert.equal(await source.seek('file', 'bad', 0, 'next'), 10);
    assert.equal(await source.seek('file', 'bad', 11, 'next'), null);
    assert.equal(await source.seek('file', 'bad', 99, 'previous'), 10);
    assert.equal(await source.seek('file', 'notRescued', 0, 'next'), 32);
    assert.equal(await source.seek('file', 'notRescued', 31, 'previous'), null);
    const map = await source.map('file', eachSector(100));
    assert.deepEqual(
      [10, 9, 40].map((sector) => kindsIn(map, sector)),
      [['bad'], [], ['notRescued']],
    );
    assert.deepEqual([countOf(map, 'bad'), countOf(map, 'notRescued')], [1, 68]);
  });

  it('tells the three ways of not being rescued apart, and what lies beyond the end of the mapfile', async () => {
    await writeFile(path, content(5 * 512 + 100));
    const blocks = '0x0 0x200 *\n0x200 0x200 /\n0x400 0x200 ?\n0x600 0x200 +\n';
    await writeFile(`${path}.map`, `0x0 ? 1\n${blocks}`);
    const source = await openSource();
    const why = async () =>
      (await source.origins('file', 0, 6)).map(({ origin }) =>
        origin.kind === 'filling' ? origin.why : origin.kind,
      );
    assert.deepEqual(await why(), ['not trimmed', 'not scraped', 'never tried', 'plain', 'never tried']);
    await writeFile(`${path}.map`, `0x0 ? 1\n${blocks}0x800 0x264 +\n`);
    await source.refresh();
    assert.deepEqual(await why(), ['not trimmed', 'not scraped', 'never tried', 'plain']);
  });

  it('offers a mapfile under another name that fits, and shows what it says once it is used', async () => {
    await writeFile(path, content(100 * 512));
    const map = join(folder, 'disk.map');
    await writeFile(map, '0x0 ? 1\n0x0 0x200 -\n0x200 0xC600 +\n');
    const source = await openSource();
    assert.equal(
      source.notice,
      'disk.map fits disk.img and says: 1 bad sector. It isn’t used as its rescue map.',
    );
    assert.deepEqual(source.noticeActions, ['useMap']);
    assert.deepEqual((await source.origins('file', 0, 1))[0]?.origin, { kind: 'plain' });
    const restricted = await ImageSource.open(path, {
      ...host,
      owner: () => undefined,
      isTrusted: () => false,
    });
    assert.deepEqual(restricted.noticeActions, ['useMap', 'manageTrust']);
    await restricted.dispose();
    await host.maps.choose(path, map);
    await source.refresh();
    assert.deepEqual([source.notice, source.noticeActions], [null, []]);
    assert.deepEqual((await source.origins('file', 0, 1))[0]?.origin, { kind: 'listed' });
  });

  it('says that a mapfile is longer or shorter than the image', async () => {
    await writeFile(path, content(4 * 512));
    await writeFile(`${path}.map`, '0x0 ? 1\n0x0 0x1800 +\n');
    const source = await openSource();
    assert.match(source.notice ?? '', /^disk\.img\.map: the map is 4096 bytes longer than the image: .*\.$/);
    await writeFile(`${path}.map`, '0x0 ? 1\n0x0 0x600 +\n');
    await source.refresh();
    assert.match(
      source.notice ?? '',
      /the map is 512 bytes shorter than the image: .* counts as not rescued\.$/,
    );
  });

  it('shows the bytes beside a damaged mapfile, and says that it is damaged', async () => {
    await writeFile(path, content(512));
    await writeFile(`${path}.map`, '0x0 ? 1\n0x0 nonsense\n');
    const source = await openSource();
    assert.match(source.notice ?? '', /map, line 2/);
    assert.equal((await source.read('file', 0, 1)).bytes[1], 7);
  });

  it('follows the file: other bytes, another size, another file, none', async () => {
    await writeFile(path, content(512));
    const source = await openSource();
    const changes: SourceChange['kind'][] = [];
    source.onDidChange(({ kind }) => changes.push(kind));
    const next = async () => {
      changes.length = 0;
      await source.refresh();
      return changes.join();
    };
    assert.equal(await next(), 'sectors');
    await appendFile(path, 'x');
    assert.equal(await next(), 'views,sectors');
    assert.equal(source.views[0]?.byteCount, 513);
    const other = join(folder, 'other.img');
    await writeFile(other, Buffer.alloc(513, 9));
    await rename(other, path);
    assert.equal(await next(), 'sectors');
    assert.equal((await source.read('file', 0, 1)).bytes[0], 9);
    await rm(path);
    assert.equal(await next(), 'gone');
  });

  it('can not be edited while a device or another writer has it', async () => {
    await writeFile(path, content(1024));
    assert.match((await openSource('disk')).views[0]?.readOnlyReason ?? '', /disk/);
    const source = await openSource();
    const holder = await openImage(path);
    await assert.rejects(source.write('file', 0, new Uint8Array(512)), { code: 'EBUSY' });
    await holder.close();
    assert.ok(content(1024).equals(await readFile(path)));
  });

  it('says that a file is read-only', async () => {
    await writeFile(path, content(512));
    await chmod(path, 0o444);
    assert.match((await openSource()).views[0]?.readOnlyReason ?? '', /read-only/);
  });

  it('refuses a folder and a missing file', async () => {
    await assert.rejects(ImageSource.open(folder, host), { code: 'EINVAL' });
    await assert.rejects(ImageSource.open(path, host), { code: 'ENOENT' });
  });

  it('decodes the metadata of a spare', async function () {
    const bytes = recordedSpare(this, 'spare-3-remaps');
    bytes[256 * 512 + 400]! ^= 1;
    await writeFile(path, bytes);
    const source = await openSource();
    const { remaps } = fixtureJson('spare-3-remaps') as {
      remaps: { original_sector: number; spare_sector: number }[];
    };
    const spares = remaps.map((entry) => entry.spare_sector);
    for (const entry of remaps) {
      const sector = entry.spare_sector;
      const [run] = await source.origins('file', sector, 1);
      const original = entry.original_sector;
      assert.deepEqual(run?.origin, { kind: 'replacement', sector: original });
    }
    assert.equal(await source.seek('file', 'remapped', 0, 'next'), Math.min(...spares));
    const origins = (await source.origins('file', 0, 257)).map(({ origin }) => origin);
    const copies = origins.filter((origin) => origin.kind === 'metadata');
    assert.deepEqual(
      copies.map(({ copy, valid }) => [copy, valid]),
      [
        [0, true],
        [1, false],
      ],
    );
    assert.match(copies[1]?.verdict ?? '', /not valid/);
  });
});
