import type { BlockDevice } from '../../src/engine/block/blockDevice';
import { MediumErrors } from '../../src/engine/block/mediumErrors';
import type { SectorRange } from '../../src/engine/errors';
import { ACTIVE } from '../../src/engine/metadata/entry';
import { RemapTable } from '../../src/engine/remap/remapTable';
import { RemapTarget } from '../../src/engine/remap/remapTarget';
import { FIRST_DATA_SECTOR, SpareAllocator } from '../../src/engine/remap/spareAllocator';
import { SparePool } from '../../src/engine/remap/sparePool';
import { MemoryDevice } from '../support/block/memoryDevice';
import { ManualClock, RecordingObserver } from '../support/remap/targetRig';
import { describeBlockDevice } from './blockDevice';

interface TargetOptions {
  readonly main?: BlockDevice;
  readonly spare?: BlockDevice;
  /** Whether every third sector of the device lives on the spare, in descending order. */
  readonly remapped?: boolean;
  readonly readOnly?: boolean;
  /** Spare sectors that can be handed out. */
  readonly room?: number;
}

function spareSectors(sectorCount: number): number {
  return FIRST_DATA_SECTOR + 2 * sectorCount;
}

function newTarget(sectorCount: number, options: TargetOptions = {}): RemapTarget {
  const { main = new MemoryDevice(sectorCount), remapped = false, readOnly = false } = options;
  const device = options.spare ?? new MemoryDevice(spareSectors(sectorCount));
  const next = FIRST_DATA_SECTOR + sectorCount;
  const allocator = new SpareAllocator(next, next + (options.room ?? sectorCount));
  allocator.use(FIRST_DATA_SECTOR, sectorCount);
  const table = new RemapTable();
  for (let original = 0; remapped && original < sectorCount; original += 3) {
    table.stage({
      original,
      spare: next - 1 - original,
      member: 0,
      timeNs: 0n,
      errorCount: 1,
      flags: ACTIVE,
      accessCount: 0,
      reason: 0,
    });
  }
  table.publishAll();
  const pool = new SparePool([{ index: 0, device, store: null, allocator }]);
  const observer = new RecordingObserver();
  const clock = new ManualClock();
  return new RemapTarget({
    main,
    pool,
    table,
    clock,
    ticker: clock,
    observer,
    readOnlyReasons: readOnly ? ['it was asked for'] : [],
  });
}

/** A disk on which exactly these sectors fail. */
function failingDisk(sectorCount: number, bad: readonly SectorRange[]): MediumErrors {
  const disk = new MediumErrors(new MemoryDevice(sectorCount));
  disk.inject(bad, { mode: 'error' });
  return disk;
}

for (const remapped of [false, true]) {
  describeBlockDevice(`RemapTarget ${remapped ? 'with' : 'without'} remaps`, {
    create: async (sectorCount) => newTarget(sectorCount, { remapped }),
    createReadOnly: async (sectorCount) => newTarget(sectorCount, { remapped, readOnly: true }),
  });
}

describeBlockDevice('RemapTarget over a failing main', {
  create: async (sectorCount) => newTarget(sectorCount),
  createFailing: {
    read: async (sectorCount, bad) => newTarget(sectorCount, { main: failingDisk(sectorCount, bad) }),
    write: async (sectorCount, bad) =>
      newTarget(sectorCount, { main: failingDisk(sectorCount, bad), room: 0 }),
  },
  writeErrorCode: 'ENOSPC',
});
