import assert from 'node:assert/strict';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import { MapOffers } from '../../../src/devices/mapOffers';
import type { CountedMap, ImageMaps } from '../../../src/devices/rescueMaps';
import { turn } from '../../support/turns';

const content = { main: '/a.img', spares: ['/s.img'], flakey: null, markers: null };
const entry: DeviceEntry = {
  deviceKey: '/a.remap',
  name: 'a',
  deviceFile: '/a.remap',
  content,
  device: undefined,
  problem: undefined,
};
const map: CountedMap = { path: '/a.log', badSectors: 1, notRescued: 0 };

describe('offers of rescue maps', () => {
  let entries: DeviceEntry[];
  let offered: CountedMap | null;
  let looks: string[][];
  let announced: number;
  let offers: MapOffers;

  beforeEach(() => {
    entries = [entry];
    offered = map;
    looks = [];
    announced = 0;
    const look = async (image: string, used?: string): Promise<ImageMaps> => {
      looks.push([image, used ?? '']);
      await turn();
      return { used: null, offered, problem: null };
    };
    offers = new MapOffers(
      { look },
      () => entries,
      () => announced++,
    );
  });

  it('are told when they change, and only then', async () => {
    assert.equal(offers.of(entry), undefined);
    await offers.look();
    assert.deepEqual([offers.of(entry), announced], [map, 1]);
    await offers.look();
    assert.equal(announced, 1);
    offered = null;
    await offers.look();
    assert.deepEqual([offers.of(entry), announced], [undefined, 2]);
  });

  it('are made for devices of the user that name no map', async () => {
    const named = { ...entry, deviceKey: '/b.remap', content: { ...content, map: '/b.map' } };
    entries = [named, { ...entry, deviceKey: '/c.remap', scenario: 'soak' }];
    await offers.look();
    assert.deepEqual([looks, announced], [[], 0]);
  });

  it('follow each other: a look that is asked for meanwhile begins anew', async () => {
    const first = offers.look();
    await Promise.all([offers.look(), offers.look(), first]);
    assert.deepEqual(looks, [
      ['/a.img', '/a.img.map'],
      ['/a.img', '/a.img.map'],
    ]);
  });
});
