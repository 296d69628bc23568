import type { RemapError } from '../../../src/engine/errors';
import type { CrashLog } from '../block/crashLog';
import { failedSectors, type Issued, isAmong, type Moment, NEVER } from './requests';
import type { History } from './runner';
import { ZEROS } from './versions';

interface WriteRecord {
  readonly version: number;
  readonly asked: Moment;
  readonly answered: Moment;
  readonly outcome: 'pending' | 'done' | RemapError;
  readonly succeeded: boolean;
  /** A power loss after at least this many events leaves it. */
  durableFrom: number;
}

/** Every write of a recorded workload and when it became durable: from these follows what a cut of the log may leave. */
export class CrashHistory implements History {
  readonly #log: CrashLog;
  readonly #writes = new Map<number, WriteRecord[]>();

  constructor(log: CrashLog) {
    this.#log = log;
  }

  get eventCount(): number {
    return this.#log.eventCount;
  }

  get sectors(): number[] {
    return [...this.#writes.keys()].sort((a, b) => a - b);
  }

  noteRequests(issued: readonly Issued[]): void {
    for (const request of issued) if (isWrite(request)) this.#noteWrite(request);
    for (const request of issued) this.#noteDurability(request, issued);
  }

  noteFlush(asked: Moment, answered: Moment): void {
    for (const writes of this.#writes.values()) {
      for (const write of writes) {
        const isCovered = write.succeeded && write.answered.order < asked.order;
        if (isCovered) write.durableFrom = Math.min(write.durableFrom, answered.eventCount);
      }
    }
  }

  /** The versions of a sector that a power loss just before event number `cut` may leave. */
  allowedAt(cut: number, sector: number): ReadonlySet<number> {
    const writes = this.#writes.get(sector) ?? [];
    const durable = writes.filter((write) => write.durableFrom <= cut);
    const allowed = new Set<number>(durable.length === 0 ? [ZEROS] : []);
    for (const write of writes) {
      if (write.asked.eventCount >= cut) continue;
      const isReplaced = durable.some((later) => later !== write && write.answered.order < later.asked.order);
      if (!isReplaced) allowed.add(write.version);
    }
    return allowed;
  }

  #noteWrite(request: Issued): void {
    const failed = failedSectors(request);
    for (let sector = request.first; sector < request.first + request.count; sector++) {
      const { version, asked, answered, outcome } = request;
      const succeeded = !isAmong(sector, failed);
      const durableFrom = NEVER.eventCount;
      const writes = this.#writes.get(sector) ?? [];
      this.#writes.set(sector, writes);
      writes.push({ version, asked, answered, outcome, succeeded, durableFrom });
    }
  }

  /** A flush makes the writes durable that it covers, a remap the content of its sector (R2, R3). */
  #noteDurability(request: Issued, batch: readonly Issued[]): void {
    if (request.outcome !== 'done') return;
    if (request.kind === 'flush') this.noteFlush(request.asked, request.answered);
    if (request.kind !== 'write') return;
    for (const sector of request.remapped) {
      const users = batch.filter((other) => isWrite(other) && isAmong(sector, [[other.first, other.count]]));
      if (users.length > 1) continue;
      const record = this.#writes.get(sector)!.find(({ version }) => version === request.version)!;
      record.durableFrom = request.answered.eventCount;
    }
  }
}

function isWrite({ kind }: Issued): boolean {
  return kind === 'write' || kind === 'discard';
}
