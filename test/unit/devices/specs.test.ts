import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import type { DeviceContent } from '../../../src/contract/deviceContent';
import type { DeviceEntry } from '../../../src/devices/registry';
import { isOutdated, specFromEntry, specFromImages } from '../../../src/devices/specs';
import { type DeviceSpec, type RemapDevice, RemapError } from '../../../src/engine';
import { tempFolder } from '../../support/tempFolder';

const markers = { sectors: [7], text: 'x' };
const content: DeviceContent = { main: '/m.img', spares: ['/s.img'], flakey: null, markers };
const spec: DeviceSpec = { name: 'disk', deviceFile: '/disk.remap', ...content, markers };

function entry(changes: Partial<DeviceEntry> = {}): DeviceEntry {
  const known = { deviceKey: '/disk.remap', name: 'disk', deviceFile: '/disk.remap', content };
  return { ...known, device: undefined, problem: undefined, ...changes };
}

const assembledFrom = (assembled: DeviceSpec) => ({ spec: assembled }) as unknown as RemapDevice;

describe('what a device is assembled from', () => {
  const folder = tempFolder();

  it('is what its file says', async () => {
    assert.deepEqual(await specFromEntry(entry()), spec);
    const problem = new RemapError('EINVAL', 'a syntax error');
    await assert.rejects(specFromEntry(entry({ content: undefined, problem })), problem);
  });

  it('has the usual markers that lie inside its main image, unless it names others', async () => {
    const main = folder.path('main.img');
    writeFileSync(main, '');
    truncateSync(main, 4096 * 512);
    const small = await specFromEntry(entry({ content: { ...content, main, markers: null } }));
    assert.deepEqual(small.markers.sectors, [1000, 2000, 3000]);
    const absent = await specFromEntry(entry({ content: { ...content, markers: null } }));
    assert.equal(absent.markers.sectors.length, 5);
  });

  it('may be two images from code, in the form of a device file', async () => {
    const images = { main: 'm.img', spare: ['a.img', 'b.img'], flakey: '5 2', markers };
    assert.deepEqual(await specFromImages(images, folder.path()), {
      name: 'm',
      deviceFile: null,
      main: folder.path('m.img'),
      spares: [folder.path('a.img'), folder.path('b.img')],
      flakey: '5 2',
      markers,
    });
    for (const other of ['disk', undefined, { main: 'm.img' }, { fsPath: '/x' }]) {
      assert.equal(await specFromImages(other), undefined);
    }
    await assert.rejects(specFromImages({ main: 5, spare: 's' }), /"main" must be the path/);
  });

  it('is outdated when its file says something else now', () => {
    assert.ok(!isOutdated(entry({ device: assembledFrom(spec) })));
    assert.ok(!isOutdated(entry({ content: { ...content, markers: null }, device: assembledFrom(spec) })));
    assert.ok(isOutdated(entry({ content: { ...content, flakey: '5 2' }, device: assembledFrom(spec) })));
    assert.ok(
      isOutdated(entry({ content: { ...content, spares: ['/t.img'] }, device: assembledFrom(spec) })),
    );
    assert.ok(!isOutdated(entry()));
    assert.ok(!isOutdated(entry({ content: undefined, device: assembledFrom(spec) })));
  });
});
