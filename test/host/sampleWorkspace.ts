import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createDeviceFiles } from '../../src/contract/newDevice';
import {
  DEFAULT_MARKER_SECTORS,
  DEFAULT_MARKER_TEMPLATE,
  Machine,
  type RemapDevice,
  type SectorRange,
} from '../../src/engine';

const sectorSize = 512;
const sectorsPerMegabyte = (1024 * 1024) / sectorSize;
const mainSectors = 100 * sectorsPerMegabyte;
const spareSectors = 50 * sectorsPerMegabyte;

/** Fail while they are written, and so get remapped. */
const remappedRanges: readonly SectorRange[] = [
  [2000, 1],
  [5000, 1],
  [7000, 3],
];

/** Fail after they were written, and stay bad. */
const badRanges: readonly SectorRange[] = [
  [3001, 2],
  [12_000, 8],
  [150_000, 1],
];

/** Makes the workspace that `npm start` and the screenshots show: a device with markers, remaps and bad sectors. */
export async function makeSampleWorkspace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const markers = { sectors: DEFAULT_MARKER_SECTORS, text: DEFAULT_MARKER_TEMPLATE };
  const { deviceFile, main, spare } = await createDeviceFiles({
    path: join(folder, 'disk.remap'),
    mainSectors,
    spareSectors,
    markers,
  });
  const machine = new Machine();
  try {
    await useDisk(
      await machine.create({ name: 'disk', deviceFile, main, spares: [spare], flakey: null, markers }),
    );
  } finally {
    await machine.close();
  }
}

async function useDisk(device: RemapDevice): Promise<void> {
  for (const [sector, count] of badRanges) await device.write(sector, text(sector, count));
  await device.injectErrors({ sectors: remappedRanges });
  await device.writeMarkers();
  await device.write(7000, text(7000, 3));
  await device.injectErrors({ sectors: badRanges });
}

function text(sector: number, count: number): Buffer {
  const bytes = Buffer.alloc(count * sectorSize);
  for (let i = 0; i < count; i++)
    bytes.write(`Remap Inspector sample, sector ${sector + i}\n`, i * sectorSize);
  return bytes;
}
