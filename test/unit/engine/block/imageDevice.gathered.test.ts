import assert from 'node:assert/strict';
import fs from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { openImage } from '../../../../src/engine/block/image';
import { doors } from '../../../../src/engine/outside/doors';
import { assertSectors, patternBytes } from '../../../support/block/sectors';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 4096;

describe('ImageDevice, while small reads are gathered', () => {
  const folder = tempFolder();
  let end: () => void;

  before(() => {
    end = doors.files.gatherReads();
  });

  after(() => end());

  it('is closed only when its reads were answered, and no read sees the file that comes after it', async () => {
    const path = folder.path('main.img');
    fs.writeFileSync(path, patternBytes(0, SECTORS));
    fs.writeFileSync(folder.path('other'), Buffer.alloc(SECTORS * SECTOR_SIZE, 0xff));
    let gatheredCount = 0;
    for (let round = 0; round < 5 || gatheredCount < 1000; round++) {
      const image = await openImage(path);
      let readCount = 0;
      const readMany = async (client: number): Promise<void> => {
        for (let i = 0; ; i++) {
          const sector = (client * 97 + i * 8) % (SECTORS - 8);
          const buffer = new Uint8Array(8 * SECTOR_SIZE);
          if (doors.files.io.gathers!(buffer.length)) gatheredCount++;
          await image.read(sector, buffer);
          assertSectors(buffer, patternBytes(sector, 8));
          readCount++;
        }
      };
      const all = Array.from({ length: 32 }, (_, client) =>
        assert.rejects(readMany(client), { code: 'ENODEV' }),
      );
      while (readCount < 100) await new Promise(setImmediate);
      await image.close();
      const other = fs.openSync(folder.path('other'), 'r');
      await Promise.all(all);
      fs.closeSync(other);
    }
  }).timeout(60_000);
});
