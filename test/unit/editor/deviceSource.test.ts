import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { DeviceSource } from '../../../src/editor/deviceSource';
import type { SourceChange } from '../../../src/editor/sectorSource';
import { createImages, Machine, type RemapDevice } from '../../../src/engine';
import { independentSpare } from '../../support/device/independentSpare';
import { countOf, eachSector, kindsIn } from '../../support/editor/mapLayers';
import { tempFolder } from '../../support/tempFolder';

const MAIN_SECTORS = 20_480;
const SPARE_SECTORS = 8192;
const MARKERS = { sectors: [1000], text: 'test_data_{sector}' };

describe('sector editor: a device', () => {
  const { path } = tempFolder();
  let machine: Machine;
  let device: RemapDevice;
  let source: DeviceSource;
  let changes: SourceChange[];
  /** The spare sector that replaces sector 1000. */
  let spareSector: number;

  beforeEach(async () => {
    const [main, spare] = [path('disk.img'), path('disk-spare.img')];
    await createImages({ main, mainSectors: MAIN_SECTORS, spare, spareSectors: SPARE_SECTORS });
    machine = new Machine();
    const spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers: MARKERS };
    device = await machine.create(spec);
    await device.writeMarkers();
    spareSector = (await device.remapSector(1000)).spare;
    source = new DeviceSource(device, (listener) => machine.onEvent(listener));
    changes = [];
    source.onDidChange((change) => changes.push(change));
  });

  afterEach(async () => {
    await source.dispose();
    await machine.close();
  });

  const origin = async (view: 'device' | 'main' | 'spare', sector: number) =>
    (await source.origins(view, sector, 1))[0]?.origin;

  it('shows itself, its main image and its spare, of which only the device can be edited', async () => {
    assert.deepEqual(
      source.views.map(({ id, byteCount, readOnlyReason }) => [id, byteCount, readOnlyReason === null]),
      [
        ['device', MAIN_SECTORS * 512, true],
        ['main', MAIN_SECTORS * 512, false],
        ['spare', SPARE_SECTORS * 512, false],
      ],
    );
    await assert.rejects(source.write('main', 0, new Uint8Array(512)), { code: 'EROFS' });
    await source.write('device', 5, new Uint8Array(512).fill(7));
    await source.flush();
    assert.equal((await source.read('main', 5, 1)).bytes[0], 7);
  });

  it('tells that what was written is in the images, once it is', async () => {
    const found: number[] = [];
    const read = () => found.push(readFileSync(path('disk.img'))[5 * 512]!);
    const listen = () => () => undefined;
    const told = new DeviceSource(device, listen, () => undefined, read);
    await told.write('device', 5, new Uint8Array(512).fill(7));
    await told.flush();
    assert.deepEqual(found, [7]);
  });

  it('says in each view where the bytes of a remapped sector come from', async () => {
    assert.deepEqual(await origin('device', 1000), { kind: 'spare', sector: spareSector, view: 'spare' });
    assert.deepEqual(await origin('device', 999), { kind: 'main', sector: 999 });
    assert.deepEqual(await origin('main', 1000), { kind: 'replaced', sector: spareSector, view: 'spare' });
    assert.deepEqual(await origin('main', 999), { kind: 'main', sector: 999 });
    assert.deepEqual(await origin('spare', spareSector), { kind: 'replacement', sector: 1000 });
    assert.deepEqual(await origin('spare', spareSector + 1), { kind: 'free' });
    const copy = await origin('spare', 256);
    assert.ok(copy?.kind === 'metadata' && copy.copy === 1 && copy.valid);
    for (const view of ['device', 'spare'] as const) {
      const sector = view === 'device' ? 1000 : spareSector;
      const { bytes } = await source.read(view, sector, 1);
      assert.equal(Buffer.from(bytes.subarray(0, 14)).toString(), 'test_data_1000');
    }
  });

  it('says of a sector whose remap leads nowhere what can be done, and shows its own bytes on main', async () => {
    await machine.remove('disk');
    await independentSpare(path('disk-spare.img'), MAIN_SECTORS, [{ original: 1000, spare: 200_000 }]);
    const spec = device.spec;
    device = await machine.create(spec);
    await source.dispose();
    source = new DeviceSource(device, (listener) => machine.onEvent(listener));
    const { unreadable } = await source.read('device', 999, 3);
    assert.deepEqual(
      unreadable.map(({ first, count }) => [first, count]),
      [[1000, 1]],
    );
    assert.match(unreadable[0]!.message, /leads nowhere: to spare sector 200000, .* drop this one\.$/);
    assert.deepEqual(await origin('device', 1000), { kind: 'bad' });
    assert.deepEqual(await origin('main', 1000), { kind: 'main', sector: 1000 });
    assert.match(source.notice!, /1 remap leads outside the data sectors of the spare/);
    assert.equal(source.views[0]!.readOnlyReason, null);
    await source.write('device', 1000, new Uint8Array(512).fill(3));
    assert.equal((await source.read('device', 1000, 1)).unreadable.length, 0);
    assert.equal(source.notice, null);
  });

  it('says while the device is suspended that I/O waits, offers to resume it, and reads nothing', async () => {
    const changes: string[] = [];
    source.onDidChange(({ kind }) => changes.push(kind));
    await machine.suspend('disk');
    assert.deepEqual(
      [source.notice, source.noticeActions],
      ['disk is suspended: reads and writes wait.', ['resume']],
    );
    assert.ok(changes.includes('views'));
    await assert.rejects(source.read('device', 0, 1), { code: 'EBUSY' });
    await machine.resume('disk');
    assert.deepEqual([source.notice, source.noticeActions], [null, []]);
    assert.equal((await source.read('device', 0, 1)).unreadable.length, 0);
  });

  it('says why a sector can not be read, and finds it as a landmark and on the map', async () => {
    await device.injectErrors({ sectors: [[3001, 2]] });
    const { unreadable, bytes } = await source.read('device', 3000, 4);
    assert.equal(bytes.length, 4 * 512);
    assert.deepEqual(
      unreadable.map(({ first, count, message }) => [first, count, message]),
      [
        [3001, 1, 'Medium error on disk.img, sector 3001.'],
        [3002, 1, 'Medium error on disk.img, sector 3002.'],
      ],
    );
    assert.deepEqual(await origin('main', 3001), { kind: 'bad' });
    assert.equal(await source.seek('device', 'bad', 0, 'next'), 3001);
    assert.equal(await source.seek('device', 'remapped', 2000, 'previous'), 1000);
    assert.equal(await source.seek('device', 'bad', 3003, 'next'), null);
    const map = await source.map('device', eachSector(MAIN_SECTORS));
    assert.deepEqual(
      [3001, 1000, 999].map((sector) => kindsIn(map, sector)),
      [['bad'], ['remapped'], []],
    );
    assert.deepEqual([countOf(map, 'bad'), countOf(map, 'notRescued')], [2, 0]);
    const part = { firstSector: 3000, sectorCount: 10, bucketCount: 5 };
    assert.deepEqual(
      (await source.map('device', part)).map(({ kind, counts }) => [kind, ...counts]),
      [
        ['remapped', 0, 0, 0, 0, 0],
        ['bad', 1, 1, 0, 0, 0],
        ['notRescued', 0, 0, 0, 0, 0],
      ],
    );
  });

  it('marks on the map of a spare the copies and what replaces other sectors', async () => {
    const map = await source.map('spare', eachSector(SPARE_SECTORS));
    assert.deepEqual(
      [0, 1024, spareSector, spareSector + 1].map((sector) => kindsIn(map, sector)),
      [['metadata'], ['metadata'], ['remapped'], []],
    );
  });

  it('names the sectors for markers where they are seen, and its remap entries by number', async () => {
    const sectors = [...MARKERS.sectors].sort((a, b) => a - b);
    assert.deepEqual(source.markers('device'), sectors);
    assert.deepEqual(source.markers('main'), sectors);
    assert.deepEqual(source.markers('spare'), []);
    await device.remapSector(7);
    assert.deepEqual(source.remapAt(0), { sector: 7, total: 2 });
    assert.deepEqual(source.remapAt(1), { sector: 1000, total: 2 });
    assert.deepEqual(source.remapAt(2), { sector: undefined, total: 2 });
  });

  it('refuses reads of a suspended device, which would wait, but not of its images', async () => {
    await machine.suspend('disk');
    await assert.rejects(source.read('device', 0, 1), { code: 'EBUSY' });
    await assert.rejects(source.write('device', 0, new Uint8Array(512)), { code: 'EBUSY' });
    assert.equal((await source.read('main', 0, 1)).unreadable.length, 0);
    await machine.resume('disk');
    assert.equal((await source.read('device', 0, 1)).unreadable.length, 0);
  });

  it('tells of the sectors that a write changed, and of all of the spare', async () => {
    await device.write(50, new Uint8Array(1024));
    assert.ok(changes.some((change) => change.kind === 'sectors' && change.view === 'device'));
    for (const change of changes) {
      assert.ok(change.kind === 'sectors' && change.view !== null);
      assert.deepEqual(change.ranges, change.view === 'spare' ? null : [[50, 2]]);
    }
  });

  it('is gone with the device, also for a listener that comes late', async () => {
    await machine.remove('disk');
    assert.deepEqual(changes.at(-1)?.kind, 'gone');
    const late: string[] = [];
    source.onDidChange(({ kind }) => late.push(kind));
    await Promise.resolve();
    assert.deepEqual(late, ['gone']);
  });

  it('has only the views of a device', async () => {
    await assert.rejects(source.read('file', 0, 1), { code: 'EINVAL' });
  });
});
