import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import { createImage, type OpenImageOptions, openImage } from '../../src/engine/block/image';
import { seededRandom } from '../../src/engine/block/random';
import { ReadAhead } from '../../src/engine/block/readAhead';
import { VolatileCache } from '../../src/engine/block/volatileCache';
import type { SectorRange } from '../../src/engine/errors';
import { CrashLog } from '../support/block/crashLog';
import { FaultyIo, type IoFaults } from '../support/block/faultyIo';
import { MemoryDevice } from '../support/block/memoryDevice';
import { type Operation, randomDelay, ScriptedDevice } from '../support/block/scriptedDevice';
import { describeBlockDevice } from './blockDevice';

describeBlockDevice('MemoryDevice', {
  create: async (sectorCount) => new MemoryDevice(sectorCount),
  createReadOnly: async (sectorCount) => new MemoryDevice(sectorCount, true),
});

describeBlockDevice('a device recorded by CrashLog', {
  create: async (sectorCount) => new CrashLog().record(new MemoryDevice(sectorCount)),
});

function failing(operation: Operation) {
  return async (sectorCount: number, bad: readonly SectorRange[]) => {
    const device = new ScriptedDevice(new MemoryDevice(sectorCount));
    device.fail({ operations: [operation], after: 0, duration: 'sectors', failing: () => bad });
    return device;
  };
}

describeBlockDevice('ScriptedDevice', {
  create: async (sectorCount) => new ScriptedDevice(new MemoryDevice(sectorCount)),
  createReadOnly: async (sectorCount) => new ScriptedDevice(new MemoryDevice(sectorCount, true)),
  createFailing: { read: failing('read'), write: failing('write') },
});

describeBlockDevice('ScriptedDevice with delays', {
  create: async (sectorCount) =>
    new ScriptedDevice(new MemoryDevice(sectorCount), randomDelay(seededRandom(sectorCount))),
});

/** All of its reads say that they will go on. */
class ReadingOn extends ReadAhead {
  protected override ownRead(
    sector: number,
    buffer: Uint8Array,
    options?: ReadOptions,
  ): Promise<void> | null {
    return super.ownRead(sector, buffer, { ...options, willReadOn: true });
  }
}

describeBlockDevice('ReadAhead', {
  create: async (sectorCount) => new ReadingOn(new MemoryDevice(sectorCount)),
  createReadOnly: async (sectorCount) => new ReadingOn(new MemoryDevice(sectorCount, true)),
  createFailing: {
    read: async (sectorCount, bad) => new ReadingOn(await failing('read')(sectorCount, bad)),
    write: async (sectorCount, bad) => new ReadingOn(await failing('write')(sectorCount, bad)),
  },
});

describeBlockDevice('ReadAhead over a device with delays', {
  create: async (sectorCount) =>
    new ReadingOn(new ScriptedDevice(new MemoryDevice(sectorCount), randomDelay(seededRandom(sectorCount)))),
});

describeBlockDevice('VolatileCache', {
  create: async (sectorCount) => new VolatileCache(new MemoryDevice(sectorCount)),
  createReadOnly: async (sectorCount) => new VolatileCache(new MemoryDevice(sectorCount, true)),
  createFailing: {
    read: async (sectorCount, bad) => new VolatileCache(await failing('read')(sectorCount, bad)),
  },
});

describeBlockDevice('VolatileCache that overflows, over a device with delays', {
  create: async (sectorCount) => {
    const disk = new ScriptedDevice(new MemoryDevice(sectorCount), randomDelay(seededRandom(sectorCount)));
    return new VolatileCache(disk, { limitBytes: 12 * SECTOR_SIZE });
  },
  createFailing: {
    read: async (sectorCount, bad) =>
      new VolatileCache(await failing('read')(sectorCount, bad), { limitBytes: 3 * SECTOR_SIZE }),
  },
});

describe('images', () => {
  let folder = '';
  let count = 0;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'remap-contract-'));
  });
  after(() => rmSync(folder, { recursive: true }));

  async function image(sectorCount: number, options?: OpenImageOptions): Promise<BlockDevice> {
    const path = join(folder, `${count++}.img`);
    await createImage(path, sectorCount);
    return openImage(path, options);
  }

  function failingImage(failingOperation: 'read' | 'write', faults: IoFaults) {
    return (sectorCount: number, bad: readonly SectorRange[]) =>
      image(sectorCount, { io: new FaultyIo({ ...faults, failingOperation, bad }) });
  }

  describeBlockDevice('ImageDevice', {
    create: image,
    createReadOnly: (sectorCount) => image(sectorCount, { readOnly: true }),
    createFailing: { read: failingImage('read', {}), write: failingImage('write', {}) },
  });

  describeBlockDevice('ImageDevice with interrupted transfers', {
    create: (sectorCount) => image(sectorCount, { io: new FaultyIo({ maxTransfer: 700 }) }),
    createFailing: {
      read: failingImage('read', { maxTransfer: 700, partialProgress: true }),
      write: failingImage('write', { maxTransfer: 700, partialProgress: true, errorCode: 'ENOSPC' }),
    },
    writeErrorCode: 'ENOSPC',
  });
});
