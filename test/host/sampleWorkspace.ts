import { mkdir, open, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

const sectorSize = 512;
const mainSectorCount = (100 * 1024 * 1024) / sectorSize;
const spareSectorCount = (50 * 1024 * 1024) / sectorSize;

/** Makes the workspace that `npm start` and the screenshots show. */
export async function makeSampleWorkspace(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await makeSparse(join(folder, 'disk.img'), mainSectorCount);
  await makeSparse(join(folder, 'disk-spare.img'), spareSectorCount);
  await writeFile(
    join(folder, 'disk.remap'),
    `${JSON.stringify({ main: 'disk.img', spare: 'disk-spare.img' }, null, 2)}\n`,
  );
}

async function makeSparse(path: string, sectorCount: number): Promise<void> {
  const file = await open(path, 'wx');
  await file.truncate(sectorCount * sectorSize);
  await file.close();
}
