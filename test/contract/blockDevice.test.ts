import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import { Flakey } from '../../src/engine/block/flakey';
import { createImage, type OpenImageOptions, openImage } from '../../src/engine/block/image';
import { Layer } from '../../src/engine/block/layer';
import { MediumErrors } from '../../src/engine/block/mediumErrors';
import { seededRandom } from '../../src/engine/block/random';
import { ReadAhead } from '../../src/engine/block/readAhead';
import { VolatileCache } from '../../src/engine/block/volatileCache';
import { parseFlakeyTable } from '../../src/engine/dmsetup/flakeyTable';
import type { SectorRange } from '../../src/engine/errors';
import { CrashLog } from '../support/block/crashLog';
import { FaultyIo, type IoFaults } from '../support/block/faultyIo';
import { MemoryDevice } from '../support/block/memoryDevice';
import { type Operation, randomDelay, ScriptedDevice } from '../support/block/scriptedDevice';
import { ADAPTERS } from '../support/outside/adapters';
import { type BlockDeviceSubject, describeBlockDevice } from './blockDevice';

/** A disk on which exactly these sectors fail. */
function failing(operation: Operation) {
  return async (sectorCount: number, bad: readonly SectorRange[]) => {
    const device = new ScriptedDevice(new MemoryDevice(sectorCount));
    device.fail({ operations: [operation], after: 0, duration: 'sectors', failing: () => bad });
    return device;
  };
}

/** A disk whose requests overtake each other. */
function delayed(sectorCount: number): ScriptedDevice {
  return new ScriptedDevice(new MemoryDevice(sectorCount), randomDelay(seededRandom(sectorCount)));
}

/** What the suite needs of a layer that lets the disk below it decide what fails and whether it is read-only. */
function layerSubject(over: (lower: BlockDevice) => Layer): BlockDeviceSubject {
  return {
    create: async (sectorCount) => over(new MemoryDevice(sectorCount)),
    createReadOnly: async (sectorCount) => over(new MemoryDevice(sectorCount, true)),
    createFailing: {
      read: async (sectorCount, bad) => over(await failing('read')(sectorCount, bad)),
      write: async (sectorCount, bad) => over(await failing('write')(sectorCount, bad)),
    },
  };
}

describe('doubles', () => {
  describeBlockDevice('MemoryDevice', {
    create: async (sectorCount) => new MemoryDevice(sectorCount),
    createReadOnly: async (sectorCount) => new MemoryDevice(sectorCount, true),
  });

  describeBlockDevice('a device recorded by CrashLog', {
    create: async (sectorCount) => new CrashLog().record(new MemoryDevice(sectorCount)),
  });

  describeBlockDevice('ScriptedDevice', {
    create: async (sectorCount) => new ScriptedDevice(new MemoryDevice(sectorCount)),
    createReadOnly: async (sectorCount) => new ScriptedDevice(new MemoryDevice(sectorCount, true)),
    createFailing: { read: failing('read'), write: failing('write') },
  });

  describeBlockDevice('ScriptedDevice with delays', { create: async (sectorCount) => delayed(sectorCount) });
});

describe('Layer', () => {
  class Passing extends Layer {}

  describeBlockDevice(
    'a layer that takes nothing',
    layerSubject((lower) => new Passing(lower)),
  );
});

describe('ReadAhead', () => {
  /** All of its reads say that they will go on. */
  class ReadingOn extends ReadAhead {
    protected override ownRead(sector: number, buffer: Uint8Array, options?: ReadOptions) {
      return super.ownRead(sector, buffer, { ...options, willReadOn: true });
    }
  }

  describeBlockDevice(
    'ReadAhead',
    layerSubject((lower) => new ReadingOn(lower)),
  );

  describeBlockDevice('ReadAhead over a device with delays', {
    create: async (sectorCount) => new ReadingOn(delayed(sectorCount)),
  });
});

describe('VolatileCache', () => {
  const over = (lower: BlockDevice, limitSectors?: number) =>
    new VolatileCache(lower, limitSectors === undefined ? {} : { limitBytes: limitSectors * SECTOR_SIZE });

  // Not over a disk that fails writes: a cache answers those before the disk does.
  describeBlockDevice('VolatileCache', {
    create: async (sectorCount) => over(new MemoryDevice(sectorCount)),
    createReadOnly: async (sectorCount) => over(new MemoryDevice(sectorCount, true)),
    createFailing: { read: async (sectorCount, bad) => over(await failing('read')(sectorCount, bad)) },
  });

  describeBlockDevice('VolatileCache that overflows, over a device with delays', {
    create: async (sectorCount) => over(delayed(sectorCount), 12),
    createFailing: { read: async (sectorCount, bad) => over(await failing('read')(sectorCount, bad), 3) },
  });
});

describe('MediumErrors', () => {
  const withBad = async (lower: BlockDevice, bad: readonly SectorRange[]) => {
    const layer = new MediumErrors(lower);
    layer.inject(bad, { mode: 'error' });
    return layer;
  };
  const withBadSectors = (sectorCount: number, bad: readonly SectorRange[]) =>
    withBad(new MemoryDevice(sectorCount), bad);
  /** The first run fails here, the others below. */
  const failingTwice =
    (operation: Operation) =>
    async (sectorCount: number, [first, ...rest]: readonly SectorRange[]) =>
      withBad(await failing(operation)(sectorCount, rest), [first!]);

  describeBlockDevice(
    'MediumErrors without bad sectors',
    layerSubject((lower) => new MediumErrors(lower)),
  );

  describeBlockDevice('MediumErrors where every sector was bad and is healed', {
    create: async (sectorCount) => {
      const layer = new MediumErrors(new MemoryDevice(sectorCount));
      layer.inject([[0, sectorCount]], { mode: 'dust' });
      await layer.write(0, new Uint8Array(sectorCount * SECTOR_SIZE));
      return layer;
    },
  });

  describeBlockDevice('MediumErrors with bad sectors', {
    create: (sectorCount) => withBadSectors(sectorCount, []),
    createReadOnly: async (sectorCount) => {
      const layer = await withBad(new MemoryDevice(sectorCount, true), [[5, 1]]);
      layer.enabled = false;
      return layer;
    },
    createFailing: { read: withBadSectors, write: withBadSectors },
  });

  describeBlockDevice('MediumErrors over an image that fails, too', {
    create: (sectorCount) => withBadSectors(sectorCount, []),
    createFailing: { read: failingTwice('read'), write: failingTwice('write') },
  });
});

describe('Flakey', () => {
  const over = (lower: BlockDevice, table: string) =>
    new Flakey(lower, { config: parseFlakeyTable(table), random: () => 0.5 });
  const overFailing = (operation: Operation) => async (sectorCount: number, bad: readonly SectorRange[]) =>
    over(await failing(operation)(sectorCount, bad), '0 1 2 random_read_corrupt 1');

  describeBlockDevice(
    'Flakey without a table',
    layerSubject((lower) => new Flakey(lower)),
  );

  describeBlockDevice('Flakey while it corrupts nothing', {
    create: async (sectorCount) =>
      over(
        new MemoryDevice(sectorCount),
        '0 1 9 corrupt_bio_byte 4000000 w 1 0 random_read_corrupt 1 random_write_corrupt 1',
      ),
    createReadOnly: async (sectorCount) => over(new MemoryDevice(sectorCount, true), '0 1 1 drop_writes'),
    createFailing: { read: overFailing('read'), write: overFailing('write') },
  });
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

  for (const { name, put } of ADAPTERS) {
    const over = (sectorCount: number, options?: OpenImageOptions): Promise<BlockDevice> => {
      put();
      return image(sectorCount, options);
    };
    describeBlockDevice(`ImageDevice on ${name}`, {
      create: over,
      modelRuns: 3,
      createReadOnly: (sectorCount) => over(sectorCount, { readOnly: true }),
    });
  }
});
