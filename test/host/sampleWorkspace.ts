import { mkdir, writeFile } from 'node:fs/promises';
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

const readme = `# A disk that breaks

disk.img has bad sectors; some moved to disk-spare.img. Ctrl+click (Cmd+click) a link:

1. [Inject errors](command:remap.injectErrors) to break more sectors.
2. [Write the markers](command:remap.writeMarkers): what main can't take moves.
3. [Reload](command:remap.askReloadModule) or [cut the power](command:remap.askReboot).
4. [Verify the markers](command:remap.verifyMarkers): every text is still there.
5. [Test a copy](command:remap.askPersistenceTestOnCopy) with all scenarios.

rescue.img is what ddrescue has read of another disk so far: rescue.img.map says what is bad and what it never read.
`;

/**
 * Makes the workspace that `npm start` and the screenshots show: a device with markers, remaps and bad sectors, and a
 * README that says what to try; and an image that a rescue is not done with.
 */
export async function makeSampleWorkspace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, 'README.md'), readme);
  const markers = { sectors: DEFAULT_MARKER_SECTORS, text: DEFAULT_MARKER_TEMPLATE };
  const { deviceFile, main, spare } = await createDeviceFiles({
    path: join(folder, 'disk.remap'),
    mainSectors,
    spareSectors,
    markers,
  });
  await makeRescue(folder);
  const machine = new Machine();
  try {
    await useDisk(
      await machine.create({ name: 'disk', deviceFile, main, spares: [spare], flakey: null, markers }),
    );
  } finally {
    await machine.close();
  }
}

/** Two bad sectors among four that were left for later, in the middle of what was read; the end was never tried. */
const rescueMap = `# Rescue map of the sample
0x00020000     ?               1
0x00000000  0x00004000  +
0x00004000  0x00000400  /
0x00004400  0x00000400  -
0x00004800  0x00000400  *
0x00004C00  0x0001B400  +
0x00020000  0x001E0000  ?
`;

async function makeRescue(folder: string): Promise<void> {
  const path = join(folder, 'rescue.img');
  await writeFile(path, text(0, 2 * sectorsPerMegabyte));
  await writeFile(`${path}.map`, rescueMap);
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
