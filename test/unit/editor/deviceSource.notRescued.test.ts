import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import type { CountedMap } from '../../../src/devices/rescueMaps';
import { DeviceSource } from '../../../src/editor/deviceSource';
import { createImages, Machine, type RemapDevice } from '../../../src/engine';
import { countOf, eachSector, kindsIn } from '../../support/editor/mapLayers';
import { tempFolder } from '../../support/tempFolder';

const SECTORS = 8192;

describe('sector editor: a device with a rescue map', () => {
  const { path } = tempFolder();
  let machine: Machine;
  let device: RemapDevice;
  let source: DeviceSource;

  beforeEach(async () => {
    const [main, spare] = [path('disk.img'), path('disk-spare.img')];
    await createImages({ main, mainSectors: SECTORS, spare, spareSectors: SECTORS });
    const blocks = [
      '0x0 0x2000 +',
      '0x2000 0x400 -',
      '0x2400 0x200 /',
      '0x2600 0x200 *',
      '0x2800 0x3FD600 +',
    ];
    await writeFile(`${main}.map`, `0x0 ? 1\n${blocks.join('\n')}\n`);
    machine = new Machine();
    const markers = { sectors: [], text: '' };
    device = await machine.create({
      name: 'disk',
      deviceFile: null,
      main,
      spares: [spare],
      flakey: null,
      markers,
    });
    source = new DeviceSource(device, (listener) => machine.onEvent(listener));
  });

  afterEach(async () => {
    await source.dispose();
    await machine.close();
  });

  it('says of each sector whether it is bad or why it was not rescued, and what can be done', async () => {
    for (const view of ['device', 'main'] as const) {
      assert.deepEqual(
        (await source.origins(view, 16, 4)).map(({ first, count, origin }) => [first, count, origin]),
        [
          [16, 2, { kind: 'bad' }],
          [18, 1, { kind: 'notRescued', why: 'not scraped' }],
          [19, 1, { kind: 'notRescued', why: 'not trimmed' }],
        ],
      );
    }
    // Beyond the end of the map.
    assert.deepEqual((await source.origins('device', SECTORS - 1, 1))[0]?.origin, {
      kind: 'notRescued',
      why: 'never tried',
    });
    const { unreadable } = await source.read('device', 17, 2);
    assert.deepEqual(
      unreadable.map(({ message }) => message),
      [
        'Medium error on disk.img, sector 17.',
        'By its rescue map, disk.img holds no data in sector 18: not scraped. Writing the sector gives it data.',
      ],
    );
  });

  it('goes to either kind, marks each on the map and counts both', async () => {
    assert.equal(await source.seek('device', 'bad', 0, 'next'), 16);
    assert.equal(await source.seek('device', 'notRescued', 0, 'next'), 18);
    assert.equal(await source.seek('device', 'notRescued', 18, 'previous'), 18);
    const map = await source.map('device', eachSector(SECTORS));
    assert.deepEqual([kindsIn(map, 17), kindsIn(map, 18), kindsIn(map, 20)], [['bad'], ['notRescued'], []]);
    assert.deepEqual([countOf(map, 'bad'), countOf(map, 'notRescued')], [2, device.info().notRescued]);
  });

  it('has the bytes of a sector that was written', async () => {
    await source.write('device', 18, new Uint8Array(512).fill(5));
    assert.deepEqual((await source.origins('device', 18, 1))[0]?.origin, { kind: 'main', sector: 18 });
    assert.deepEqual((await source.read('device', 18, 1)).unreadable, []);
    assert.equal(await source.seek('device', 'notRescued', 0, 'next'), 19);
  });

  it('offers a map under another name for as long as one fits and is not used', async () => {
    let offered: CountedMap | undefined = { path: path('disk.log'), badSectors: 1, notRescued: 0 };
    const offering = new DeviceSource(
      device,
      (listener) => machine.onEvent(listener),
      () => offered,
    );
    assert.match(
      offering.notice!,
      /^.*disk\.img\.map: the map is \d+ bytes shorter than the image: .*rescued\. disk\.log fits disk\.img and says: 1 bad sector\./,
    );
    assert.deepEqual(offering.noticeActions, ['useMap']);
    offered = undefined;
    offering.offersChanged();
    assert.ok(!offering.notice!.includes('disk.log'));
    assert.deepEqual(offering.noticeActions, []);
    await offering.dispose();
  });
});
