import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createImages, Machine } from '../../../src/engine';

const SECTORS = { mainSectors: 20_480, spareSectors: 8192 };

/** A spare whose device is gone, with remaps of these sectors. */
export async function makeSpareWithRemaps(
  folder: { path(name?: string): string },
  originals: readonly number[],
) {
  const [main, spare] = [folder.path('field.img'), folder.path('field-spare.img')];
  await createImages({ main, spare, ...SECTORS });
  const machine = new Machine();
  const markers = { sectors: [...originals], text: 'm {sector}' };
  const spec = { name: 'field', deviceFile: null, main, spares: [spare], flakey: null, markers };
  const device = await machine.create(spec);
  for (const original of originals) await device.remapSector(original);
  const listed = device.listRemaps().remaps.map((entry) => [entry.original, entry.spare] as const);
  await machine.close();
  const before = await contentsOf(folder.path());
  /** Fails if a byte of a file, or the list of files, has changed since. */
  const untouched = async () => assert.deepEqual(await contentsOf(folder.path()), before);
  return { spare, mainSectors: SECTORS.mainSectors, listed, untouched };
}

async function contentsOf(folder: string): Promise<[string, Buffer][]> {
  const names = (await readdir(folder)).sort();
  return Promise.all(
    names.map(async (name): Promise<[string, Buffer]> => [name, await readFile(`${folder}/${name}`)]),
  );
}
