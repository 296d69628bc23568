import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createDeviceFiles } from '../../src/contract/newDevice';
import { createImage, Machine } from '../../src/engine';
import { FatImage, shortSlot } from './volume/fatImage';

const MAIN_SECTORS = 204_800;
const SPARE_SECTORS = 102_400;
/** Two bad sectors, two that were not scraped, and an end that was never tried. */
const RESCUE_MAP =
  '0x0 ? 1\n0x0 0x2000 +\n0x2000 0x400 -\n0x2400 0x400 /\n0x2800 0x1FC800 +\n0x1FF000 0x1000 ?\n';
const RESCUE_SECTORS = 4096;

/** Sectors that the lone spare has. */
export const MOVED_SECTORS = [1000, 2000, 3000];

/** A memory card with three files, of which one lies in two places. */
const card = new FatImage({ bits: 16, clusters: 5000 });
card.chain([10, 11, 12]);
card.chain([40, 41, 60, 61]);
card.chain([80]);
card.slot(card.root, shortSlot('README  TXT', 0x20, 80, 300));
card.slot(card.root, shortSlot('BEACH   JPG', 0x20, 10, 1500));
card.slot(card.root, shortSlot('HOLIDAY JPG', 0x20, 40, 2000));
for (const cluster of [10, 11, 12, 40, 41, 60, 61])
  for (let i = 0; i < 512; i++)
    card.bytes[card.sectorOf(cluster) * 512 + i] = (cluster * 37 + i * i * 7) & 0xff;
/** A sector of a photo on the card, which is bad. */
export const PHOTO_SECTOR = card.sectorOf(60);

/** Names of devices in several scripts, one from right to left, and long ones. */
const NAMES = [
  'a',
  'disk-of-the-server-in-the-cellar-2026-11-27-before-anything-was-tried',
  'Festplatte von Großmutter nach dem Sturz vom Schreibtisch',
  '磁盘映像-故障-二〇二六年十一月二十七日',
  'диск',
  'דיסק',
  'قرص',
  'डिस्क',
  '💾💥',
  'e\u0301te\u0301',
  'x'.repeat(120),
];

/** The states of a folder in which the views say what to do; each makes its files in a folder that is empty. */
export const stateFolders = {
  'no-images': async () => undefined,

  'which-is-main': async (folder) => {
    await createImage(join(folder, 'field.img'), MAIN_SECTORS);
    await createImage(join(folder, 'other.img'), SPARE_SECTORS);
  },

  'sizes-tell': async (folder) => {
    await createImage(join(folder, 'field.img'), 20_480);
    await createImage(join(folder, 'small.img'), 2000);
  },

  'spare-beside-main': async (folder) => {
    await makeUsedDevice(folder);
    await rm(join(folder, 'field.remap'));
  },

  'spare-alone': async (folder) => {
    await makeUsedDevice(folder);
    await rm(join(folder, 'field.remap'));
    await rm(join(folder, 'field.img'));
  },

  rescue: async (folder) => {
    await createImage(join(folder, 'rescue.img'), RESCUE_SECTORS);
    await writeFile(join(folder, 'rescue.img.map'), RESCUE_MAP);
  },

  'memory-card': async (folder) => {
    await writeFile(join(folder, 'card.img'), card.bytes);
    const [at, end] = [PHOTO_SECTOR * 512, card.bytes.length];
    await writeFile(
      join(folder, 'card.img.map'),
      `0x0 + 1\n0x0 ${at} +\n${at} 512 -\n${at + 512} ${end - at - 1536} +\n${end - 1024} 1024 ?\n`,
    );
  },

  'broken-device-file': async (folder) => {
    await makeUsedDevice(folder);
    await writeFile(join(folder, 'field.remap'), '{\n  "main": "field.img",\n  "spare": 7\n}\n');
  },

  'fifty-devices': async (folder) => {
    for (let i = 1; i <= 50; i++) await makeSmallDevice(folder, `disk${i}`, i % 10 === 3);
    await writeFile(join(folder, 'disk7.remap'), '{ "main": 7 }\n');
    await rm(join(folder, 'disk21.img'));
  },

  names: async (folder) => {
    for (const name of NAMES) await makeSmallDevice(folder, name, name.length > 30);
  },
} as const satisfies Readonly<Record<string, (folder: string) => Promise<void>>>;

/** A device `field` that has moved some sectors, and is closed. */
async function makeUsedDevice(folder: string): Promise<void> {
  const markers = { sectors: MOVED_SECTORS, text: 'marker {sector}' };
  const { deviceFile, main, spare } = await createDeviceFiles({
    path: join(folder, 'field.remap'),
    mainSectors: MAIN_SECTORS,
    spareSectors: SPARE_SECTORS,
    markers,
  });
  const machine = new Machine();
  const spec = { name: 'field', deviceFile, main, spares: [spare], flakey: null, markers };
  const device = await machine.create(spec);
  await device.injectErrors({ sectors: MOVED_SECTORS.map((sector) => [sector, 1] as const) });
  await device.writeMarkers();
  await device.clearErrors();
  await machine.close();
  await rm(`${main}.map`, { force: true });
}

/** A device that nothing has used, or with a bad sector. */
async function makeSmallDevice(folder: string, name: string, isBad: boolean): Promise<void> {
  const path = join(folder, `${name}.remap`);
  const { main } = await createDeviceFiles({ path, mainSectors: 4096, spareSectors: 2048 });
  if (isBad) await writeFile(`${main}.map`, '0x0 ? 1\n0x0 0x2000 +\n0x2000 0x400 -\n0x2400 0x1FDC00 +\n');
}
