import { type BlockDevice, SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { sliceSectors } from '../../../src/engine/block/range';
import type { Survival } from '../../../src/engine/block/survival';
import { InFlight } from '../../../src/engine/concurrency/inFlight';
import { BlockError } from '../../../src/engine/errors';
import { turn } from '../turns';
import type { MemoryDevice } from './memoryDevice';

/** What can change what is on a medium, in the order in which it happened, over all recorded devices. */
export type CrashEvent = WriteEvent | FlushEvent;

/** A write or a discard was issued. */
interface WriteEvent {
  readonly kind: 'write';
  readonly device: number;
  readonly sector: number;
  readonly sectorCount: number;
  /** Absent for a discard, which brings zeros. */
  readonly bytes?: Uint8Array;
}

/** A flush completed. It made durable the writes before `covers` that had been answered when it was called. */
interface FlushEvent {
  readonly kind: 'flush';
  readonly device: number;
  readonly covers: number;
  readonly unanswered: ReadonlySet<number>;
}

/** Decides for one device which of its unflushed writes, all numbered in `[firstWrite, endWrite)`, survive a cut. */
export type PickSurvival = (firstWrite: number, endWrite: number, device: number) => Survival;

/**
 * Records the writes and flushes of one or more devices, and rebuilds what would be on their media if the power had gone
 * between any two of them. Devices that belong together (main and spare) share a log, which orders their events.
 *
 * A write may be on the medium from the moment it is issued, sector by sector, whether it was answered or not. It is
 * certain only once a flush completed that was called after the write was answered, so that a flush which isn't
 * awaited, or which overtakes its write, shows.
 *
 * ```ts
 * const log = new CrashLog();
 * const main = log.record(new MemoryDevice(4096));
 * const spare = log.record(new MemoryDevice(2048));
 * const acknowledged: { eventCount: number; sector: number; bytes: Uint8Array }[] = [];
 * // … the workload; after each `await device.flush()`:
 * acknowledged.push({ eventCount: log.eventCount, sector, bytes });
 *
 * for (let cut = 0; cut <= log.eventCount; cut++) {
 *   const random = seededRandom(cut);
 *   const [mainLeft, spareLeft] = log.cutAt(cut, (first, end) => randomSurvival(random, first, end));
 *   // reopen on mainLeft and spareLeft: everything acknowledged at `eventCount <= cut` must be there
 * }
 * ```
 *
 * Cuts in ascending order are cheap: the log keeps its place, and each result shares its pages with the others.
 */
export class CrashLog {
  readonly events: CrashEvent[] = [];
  readonly #initial: MemoryDevice[] = [];
  #media: Medium[] = [];
  #applied = 0;

  /** How many events there have been: a cut at this number is one "now". */
  get eventCount(): number {
    return this.events.length;
  }

  /** A device with the content of `initial`, whose writes and flushes are events of this log from now on. */
  record(initial: MemoryDevice): BlockDevice {
    const device = this.#initial.length;
    this.#initial.push(initial.fork());
    this.#rewind();
    return new RecordedDevice(initial.fork(), this.events, device);
  }

  /**
   * The media after a power loss just before event number `cut` (at `log.eventCount`: after the last one), in the
   * order in which the devices were recorded.
   */
  cutAt(cut: number, pick: PickSurvival): MemoryDevice[] {
    if (cut < this.#applied) this.#rewind();
    for (; this.#applied < cut; this.#applied++) {
      const event = this.events[this.#applied]!;
      this.#media[event.device]!.apply(event, this.#applied);
    }
    return this.#media.map((medium, device) => medium.cutAt(cut, pick, device));
  }

  #rewind(): void {
    this.#media = this.#initial.map((device) => new Medium(device.fork()));
    this.#applied = 0;
  }
}

/** One disk at a moment of the log: what is certain, and for each sector the writes that may have reached it since. */
class Medium {
  readonly #pending = new Map<number, { readonly number: number; readonly event: WriteEvent }[]>();

  constructor(private readonly durable: MemoryDevice) {}

  apply(event: CrashEvent, number: number): void {
    if (event.kind === 'flush') {
      this.#makeDurable(event);
      return;
    }
    for (let sector = event.sector; sector < event.sector + event.sectorCount; sector++) {
      const versions = this.#pending.get(sector);
      if (versions) versions.push({ number, event });
      else this.#pending.set(sector, [{ number, event }]);
    }
  }

  cutAt(cut: number, pick: PickSurvival, device: number): MemoryDevice {
    const left = this.durable.fork();
    let first = cut;
    for (const versions of this.#pending.values()) first = Math.min(first, versions[0]!.number);
    const survival = pick(first, cut, device);
    for (const [sector, versions] of this.#pending) {
      const survivor = versions.findLast((version) => survival.survives(sector, version.number));
      if (survivor) put(left, sector, survivor.event);
    }
    return left;
  }

  #makeDurable(flush: FlushEvent): void {
    for (const [sector, versions] of this.#pending) {
      const last = versions.findLastIndex(
        ({ number }) => number < flush.covers && !flush.unanswered.has(number),
      );
      if (last < 0) continue;
      put(this.durable, sector, versions[last]!.event);
      if (last === versions.length - 1) this.#pending.delete(sector);
      else versions.splice(0, last + 1);
    }
  }
}

function put(medium: MemoryDevice, sector: number, event: WriteEvent): void {
  if (event.bytes) medium.poke(sector, sliceSectors(event.bytes, event.sector, sector, 1));
  else medium.clear(sector, 1);
}

class RecordedDevice implements BlockDevice {
  readonly #unanswered = new Set<number>();
  readonly #inFlight = new InFlight();
  #closed = false;

  constructor(
    private readonly medium: MemoryDevice,
    private readonly events: CrashEvent[],
    private readonly device: number,
  ) {}

  get sectorCount(): number {
    return this.medium.sectorCount;
  }

  get readOnly(): boolean {
    return false;
  }

  async read(sector: number, buffer: Uint8Array): Promise<void> {
    this.#checkOpen();
    await this.#inFlight.during(async () => {
      this.medium.peek(sector, buffer);
      await turn();
    });
  }

  async write(sector: number, buffer: Uint8Array): Promise<void> {
    this.#checkOpen();
    this.medium.poke(sector, buffer);
    await this.#issue(sector, { sectorCount: buffer.length / SECTOR_SIZE, bytes: new Uint8Array(buffer) });
  }

  async discard(sector: number, sectorCount: number): Promise<void> {
    this.#checkOpen();
    this.medium.clear(sector, sectorCount);
    await this.#issue(sector, { sectorCount });
  }

  async flush(): Promise<void> {
    this.#checkOpen();
    const covers = this.events.length;
    const unanswered = new Set(this.#unanswered);
    await this.#inFlight.during(async () => {
      await turn();
      this.events.push({ kind: 'flush', device: this.device, covers, unanswered });
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#inFlight.drained();
  }

  async #issue(sector: number, content: { sectorCount: number; bytes?: Uint8Array }): Promise<void> {
    const number = this.events.length;
    this.events.push({ kind: 'write', device: this.device, sector, ...content });
    this.#unanswered.add(number);
    await this.#inFlight.during(async () => {
      await turn();
      this.#unanswered.delete(number);
    });
  }

  #checkOpen(): void {
    if (this.#closed) throw new BlockError('ENODEV', 'the device is closed', []);
  }
}
