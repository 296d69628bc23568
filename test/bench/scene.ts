import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../src/engine/block/blockDevice';
import { createImage, openImage } from '../../src/engine/block/image';
import { constructTarget } from '../../src/engine/device/construct';
import type { DeviceSpec } from '../../src/engine/device/deviceContracts';
import { DeviceStack } from '../../src/engine/device/deviceStack';
import type { RemapDevice } from '../../src/engine/device/remapDevice';
import { minimumSpareSectors } from '../../src/engine/dmsetup/sizing';
import { formatSpare } from '../../src/engine/machine/images';
import { Machine } from '../../src/engine/machine/machine';
import { RECORDS_PER_SECTOR } from '../../src/engine/metadata/codec/tableSector';
import { ACTIVE, type RemapEntry } from '../../src/engine/metadata/entry';
import { MetadataStore } from '../../src/engine/metadata/metadataStore';
import type { TargetObserver } from '../../src/engine/remap/observer';
import type { RemapTarget } from '../../src/engine/remap/remapTarget';
import { FIRST_DATA_SECTOR } from '../../src/engine/remap/spareAllocator';
import { RawFile } from './rawFile';

const FILL_SECTORS = 2048;

const DEAF: TargetObserver = {
  failed: () => {},
  remapped: () => {},
  spareSectorFailed: () => {},
  spareFull: () => {},
  spareBroken: () => {},
  spareRefused: () => {},
  commitFailed: () => {},
  settled: () => {},
  spareLost: () => {},
  spareBehind: () => {},
  held: () => {},
};

/** A target without the device around it, and the disks that it was constructed over. */
export interface OpenTarget {
  readonly stack: DeviceStack;
  readonly target: RemapTarget;
}

/** The benchmark's files, in a folder of their own that is removed at the end. */
export class Scene {
  /** Without volatile caches: the cost of the stack is measured, not a disk that answers before it has written. */
  readonly machine = new Machine({ cacheBytes: 0 });
  readonly #folder: string;
  readonly #opened = new Set<OpenTarget>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** Makes a folder in `REMAP_BENCH_DIR`, or where the system keeps temporary files. */
  static async create(): Promise<Scene> {
    const parent = process.env.REMAP_BENCH_DIR ?? tmpdir();
    return new Scene(await mkdtemp(join(parent, 'remap-bench-')));
  }

  path(name: string): string {
    return join(this.#folder, name);
  }

  /** Creates an image, and writes it full from front to back unless it is to be sparse. */
  async addImage(name: string, sectorCount: number, isSparse = false): Promise<string> {
    const path = this.path(name);
    await createImage(path, sectorCount);
    if (!isSparse) await fill(path, 0, sectorCount);
    return path;
  }

  /**
   * Creates the spare of a main that has so many remaps spread evenly over it, with their data and `room` for more, which
   * is on the disk already: a raw file that it is compared with isn't sparse either.
   */
  async addSpare(name: string, mainSectorCount: number, remapCount: number, room = 4096): Promise<string> {
    const path = this.path(name);
    const needed = FIRST_DATA_SECTOR + remapCount + room + tableRoom(remapCount + room);
    await createImage(path, Math.max(needed, minimumSpareSectors(mainSectorCount)));
    await formatSpare(path, { mainSectorCount });
    await fill(path, FIRST_DATA_SECTOR, remapCount + room);
    if (remapCount > 0) await commitRemaps(path, mainSectorCount, remapCount);
    return path;
  }

  /** Assembles a device as the machine does, all layers included. */
  assemble(name: string, main: string, spare: string): Promise<RemapDevice> {
    return this.machine.create(specOf(name, main, spare));
  }

  /** Constructs a target over open disks; another target over them must not be used from then on. */
  async construct({ layers }: DeviceStack): Promise<RemapTarget> {
    const { clock, log } = this.machine;
    const options = { persistent: true, clock, log, observer: DEAF };
    return (await constructTarget(layers, options)).target;
  }

  /** Opens disks and constructs a target over them; it ends with the scene. */
  async open(main: string, spare: string): Promise<OpenTarget> {
    const { clock, log } = this.machine;
    const stack = await DeviceStack.open(specOf('bench', main, spare), clock, { cacheBytes: 0, log });
    const opened = { stack, target: await this.construct(stack) };
    this.#opened.add(opened);
    return opened;
  }

  /** Opens disks and a target over them for as long as some work takes. */
  async whileOpen<T>(main: string, spare: string, work: (opened: OpenTarget) => Promise<T>): Promise<T> {
    const opened = await this.open(main, spare);
    return work(opened).finally(() => this.#end(opened));
  }

  /** Assembles a device for as long as some work takes. */
  async during<T>(main: string, spare: string, work: (device: RemapDevice) => Promise<T>): Promise<T> {
    const device = await this.assemble('bench', main, spare);
    try {
      return await work(device);
    } finally {
      await this.machine.remove('bench');
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.path(name), { force: true });
  }

  async close(): Promise<void> {
    for (const opened of this.#opened) await this.#end(opened);
    await this.machine.close().finally(() => rm(this.#folder, { recursive: true, force: true }));
  }

  async #end(opened: OpenTarget): Promise<void> {
    this.#opened.delete(opened);
    await opened.target.close();
    await opened.stack.close();
  }
}

function specOf(name: string, main: string, spare: string): DeviceSpec {
  const markers = { sectors: [], text: '' };
  return { name, deviceFile: null, main, spares: [spare], flakey: null, markers };
}

/** The sector of main that the `i`-th of so many evenly spread remaps is for: the middle of its share. */
function remappedSector(i: number, remapCount: number, mainSectorCount: number): number {
  return Math.floor(((i + 0.5) * mainSectorCount) / remapCount);
}

/** Sectors for the large table of so many entries, twice over: it doubles when it is full, and has two mirrors. */
function tableRoom(entryCount: number): number {
  return Math.max(1024, Math.ceil(entryCount / RECORDS_PER_SECTOR) * 8);
}

async function fill(path: string, firstSector: number, sectorCount: number): Promise<void> {
  const file = await RawFile.open(path);
  try {
    const bytes = Buffer.alloc(FILL_SECTORS * 512, 0xa5);
    for (let done = 0; done < sectorCount; done += FILL_SECTORS) {
      const count = Math.min(FILL_SECTORS, sectorCount - done);
      await file.write(firstSector + done, bytes.subarray(0, count * 512));
    }
    await file.flush();
  } finally {
    await file.close();
  }
}

async function commitRemaps(path: string, mainSectorCount: number, remapCount: number): Promise<void> {
  const image = await openImage(path);
  try {
    const store = await MetadataStore.open(image, { mainSectorCount, clock: systemClock });
    await store.load(() => {});
    const timeNs = BigInt(systemClock.now()) * 1_000_000n;
    const entryAt = (slot: number): RemapEntry => ({
      original: remappedSector(slot, remapCount, mainSectorCount),
      spare: FIRST_DATA_SECTOR + slot,
      timeNs,
      errorCount: 1,
      accessCount: 0,
      reason: 0,
      flags: ACTIVE,
    });
    const slots = Array.from({ length: remapCount }, (_, slot) => slot);
    await store.commit({
      changed: slots.map((slot) => ({ slot, entry: entryAt(slot) })),
      entryCount: remapCount,
      entryAt,
      nextSpare: FIRST_DATA_SECTOR + remapCount,
    });
    await store.settle();
  } finally {
    await image.close();
  }
}
