import assert from 'node:assert/strict';
import { truncateSync, writeFileSync } from 'node:fs';
import type { DeviceContent } from '../../../src/contract/deviceContent';
import { specFromContent, specFromImages } from '../../../src/contract/deviceSpec';
import { tempFolder } from '../../support/tempFolder';

const markers = { sectors: [7], text: 'x' };
const content: DeviceContent = { main: '/m.img', spares: ['/s.img'], flakey: null, markers };

describe('what assembling a device takes', () => {
  const folder = tempFolder();

  it('is what its file says', async () => {
    const spec = await specFromContent(content, 'disk', '/disk.remap');
    assert.deepEqual(spec, { name: 'disk', deviceFile: '/disk.remap', ...content });
  });

  it('has the usual markers that lie inside its main image, unless it names others', async () => {
    const main = folder.path('main.img');
    writeFileSync(main, '');
    truncateSync(main, 4096 * 512);
    const small = await specFromContent({ ...content, main, markers: null }, 'disk', null);
    assert.deepEqual(small.markers.sectors, [1000, 2000, 3000]);
    const absent = await specFromContent({ ...content, markers: null }, 'disk', null);
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
});
