import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { DEFAULT_MARKERS } from '../../../src/contract/deviceContent';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import { findInImages, searchError } from '../../../src/devices/imageSearch';
import { createImages, Machine, RemapError } from '../../../src/engine';
import { tempFolder } from '../../support/tempFolder';

const problem = (code: 'ENOENT' | 'EINVAL', message: string) => ({
  spare: '/spare.img',
  error: new RemapError(code, message),
});

describe('a search of images for devices', () => {
  const folder = tempFolder();

  /** Makes the images of a device that was assembled once; answers the path of its main image. */
  async function used(spares: readonly string[]): Promise<string> {
    const main = folder.path('main.img');
    const machine = new Machine();
    const [first, ...others] = spares;
    await createImages({ main, mainSectors: 4096, spare: first!, spareSectors: 4096 });
    const markers = { sectors: [], text: '' };
    await machine.create({ name: 'disk', deviceFile: null, main, spares: [first!], flakey: null, markers });
    for (const path of others) {
      await createImages({ main: `${path}.main`, mainSectors: 4096, spare: path, spareSectors: 4096 });
      await machine.addSpare('disk', path);
    }
    await machine.close();
    return main;
  }

  it('names a device after its main image and gives it the usual markers', async () => {
    const spare = folder.path('spare.img');
    const main = await used([spare]);
    const { specs, problems } = await findInImages([main, spare], []);
    assert.deepEqual(problems, []);
    assert.deepEqual(specs, [
      { name: 'main', deviceFile: null, main, spares: [spare], flakey: null, markers: DEFAULT_MARKERS },
    ]);
  });

  it('takes name and markers from a device file that names a spare that was found', async () => {
    const spare = folder.path('spare.img');
    const main = await used([spare]);
    const markers = { sectors: [7], text: 'x' };
    const entry: DeviceEntry = {
      deviceKey: '/disk.remap',
      name: 'disk',
      deviceFile: '/disk.remap',
      content: { main: '/elsewhere.img', spares: [spare], flakey: null, markers },
      device: undefined,
      problem: undefined,
    };
    const { specs } = await findInImages([main, spare], [entry]);
    assert.deepEqual([specs[0]!.name, specs[0]!.main, specs[0]!.markers], ['disk', main, markers]);
  });

  it('gives a spare of a pool that is not there a name that says so', async () => {
    const [first, second] = [folder.path('a.img'), folder.path('b.img')];
    const main = await used([first, second]);
    await rm(second);
    const { specs } = await findInImages([main, first], []);
    assert.deepEqual(specs[0]!.spares, [first, `${main}.spare-1 (not found)`]);
  });

  it('tells of a spare whose main is not there', async () => {
    const spare = folder.path('spare.img');
    await used([spare]);
    const { specs, problems } = await findInImages([spare], []);
    assert.deepEqual(specs, []);
    assert.deepEqual([problems[0]!.spare, problems[0]!.error.code], [spare, 'ENOENT']);
  });

  it('makes one error of all problems, with the code of the first', () => {
    assert.equal(searchError([]), undefined);
    const [first, second] = [problem('ENOENT', 'no main for a'), problem('EINVAL', 'two mains for b')];
    assert.equal(searchError([first]), first.error);
    const both = searchError([first, second]);
    assert.deepEqual([both?.code, both?.message], ['ENOENT', 'no main for a; two mains for b']);
  });
});
