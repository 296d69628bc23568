import assert from 'node:assert/strict';
import { DeviceSource } from '../../../src/editor/deviceSource';
import { ImageSource } from '../../../src/editor/imageSource';
import type { SectorSource } from '../../../src/editor/sectorSource';
import { createImages, Machine, type RemapDevice } from '../../../src/engine';
import { imageHost } from '../../support/editor/imageHost';
import { eachSector, kindsIn } from '../../support/editor/mapLayers';
import { tempFolder } from '../../support/tempFolder';

const MAIN_SECTORS = 8192;
const SPARE_SECTORS = 16_384;
/** Above it only the large table could be, which makes way. */
const HIGH = SPARE_SECTORS - 10;

describe('sector editor: the map of a spare with a large table', () => {
  const folder = tempFolder();
  let machine: Machine;
  let device: RemapDevice;
  const spare = (): string => folder.path('spare.img');

  beforeEach(async () => {
    machine = new Machine();
    const main = folder.path('main.img');
    await createImages({ main, mainSectors: MAIN_SECTORS, spare: spare(), spareSectors: SPARE_SECTORS });
    const markers = { sectors: [], text: '' };
    device = await machine.create({
      name: 'd',
      deviceFile: null,
      main,
      spares: [spare()],
      flakey: null,
      markers,
    });
    await device.message(`test_remap 8000 ${HIGH}`);
    await device.injectErrors({ sectors: [[0, 2100]] });
    await device.write(0, new Uint8Array(2100 * 512));
  });

  afterEach(() => machine.close());

  async function check(source: SectorSource, view: 'spare' | 'file'): Promise<void> {
    const map = await source.map(view, eachSector(SPARE_SECTORS));
    const isTable = (sector: number) =>
      device.tableRanges(0).some(([first, count]) => sector >= first && sector < first + count);
    assert.ok(device.tableRanges(0).length > 0);
    for (let sector = 1280 + 2110; sector < SPARE_SECTORS; sector++) {
      const wanted = sector === HIGH ? ['remapped'] : isTable(sector) ? ['metadata'] : [];
      assert.deepEqual(kindsIn(map, sector), wanted, `sector ${sector}`);
    }
    assert.deepEqual(kindsIn(map, SPARE_SECTORS - 1), []);
    const origins = await source.origins(view, HIGH - 1, 11);
    assert.deepEqual(
      origins.map(({ count, origin }) => [count, origin.kind]),
      [
        [1, isTable(HIGH - 1) ? 'table' : 'free'],
        [1, 'replacement'],
        [9, 'free'],
      ],
    );
  }

  it('shades what is metadata, and no data or free sectors above it', async () => {
    const source = new DeviceSource(device, (listener) => machine.onEvent(listener));
    await check(source, 'spare');
    await source.dispose();
  });

  it('does so too for the image by itself', async () => {
    await device.flush();
    const source = await ImageSource.open(spare(), imageHost('d'));
    await check(source, 'file');
    await source.dispose();
  });
});
