import assert from 'node:assert/strict';
import { normalize } from 'node:path';
import { devicesWithMaps, mayBeMaps } from '../../../src/devices/mapChanges';
import type { RemapDevice } from '../../../src/engine';

describe('changed files that may be rescue maps', () => {
  const device = (main: string, map?: string) =>
    ({ spec: { main, spares: ['/s.img'], map } }) as unknown as RemapDevice;

  it('concern the devices that use them', () => {
    const [one, two] = [device('/a.img'), device('/b.img', '/elsewhere/rescue.txt')];
    const concerned = (path: string) => devicesWithMaps(new Set([path]), [one, two]);
    assert.deepEqual(concerned('/a.img.map'), [one]);
    assert.deepEqual(concerned('/s.img.map'), [one, two]);
    assert.deepEqual(concerned('/elsewhere/rescue.txt'), [two]);
    for (const other of ['/b.img.map', '/build.log', '/a.log']) assert.deepEqual(concerned(other), []);
  });

  it('concern the images beside which they are, by their names', () => {
    const images = ['/x/a.img', '/x/b.dd'].map(normalize);
    for (const path of ['/x/a.img.map', '/x/a.map', '/x/b.log', '/x/b.dd.mapfile'])
      assert.ok(mayBeMaps(new Set(['/build.log', normalize(path)]), images), path);
    for (const path of ['/build.log', '/x/build.log', '/y/a.map', '/x/a.img'])
      assert.ok(!mayBeMaps(new Set([normalize(path)]), images), path);
    assert.ok(!mayBeMaps(new Set(['/x/a.map']), []));
  });
});
