import { type BlockDevice, type ReadOptions, SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { type Random, randomInteger } from '../../../src/engine/block/random';
import { mergeRanges, sliceSectors, subtractRanges } from '../../../src/engine/block/range';
import { InFlight } from '../../../src/engine/concurrency/inFlight';
import { BlockError, type ErrorCode, type SectorRange } from '../../../src/engine/errors';
import { turns } from '../turns';

export type Operation = 'read' | 'write' | 'flush' | 'discard';

/** A request that reached a {@link ScriptedDevice}; a flush has no sectors. */
export interface DeviceCall {
  /** Its place among all calls of the device, from 0. */
  readonly index: number;
  readonly operation: Operation;
  readonly sector: number;
  readonly sectorCount: number;
}

export interface ScriptedFault {
  /** The operations that count and that fail; without it every operation. */
  readonly operations?: readonly Operation[];
  /** How many matching calls succeed first, counted from when the fault is set. */
  readonly after: number;
  /**
   * `once`: only that call fails. `sectors`: so does every later matching call in the same sectors (or every later
   * flush, when it was a flush): a medium gone bad there. `device`: so does every later matching call as a whole.
   */
  readonly duration: 'once' | 'sectors' | 'device';
  /** The sectors that fail; without it all of the failing call's. A call that touches none of them succeeds. */
  readonly failing?: (call: DeviceCall) => readonly SectorRange[];
  readonly code?: ErrorCode;
}

const OPERATIONS: readonly Operation[] = ['read', 'write', 'flush', 'discard'];

interface Gate {
  readonly where: 'call' | 'answer';
  readonly operations: readonly Operation[];
  readonly opened: Promise<void>;
  readonly open: () => void;
}

interface ActiveFault extends ScriptedFault {
  remaining: number;
  /** Set once the fault has struck. */
  struck?: { readonly call: DeviceCall; readonly ranges: readonly SectorRange[] };
}

/**
 * A device that passes everything to another one, records each call, and fails or holds the calls it is told to. What
 * fails follows the contract: the failing sectors are not transferred, the others of the request are.
 *
 * ```ts
 * const disk = new ScriptedDevice(new MemoryDevice(100));
 * disk.fail({ operations: ['write'], after: 2, duration: 'once' });      // the third write
 * disk.fail({ operations: ['read'], after: 0, duration: 'sectors', failing: () => [[7, 1]] });
 * disk.hold();                                                         // calls wait …
 * disk.release();                                                      // … and go on, in order
 * assert.deepEqual(disk.trace(), ['write 0+8', 'flush']);
 * ```
 */
export class ScriptedDevice implements BlockDevice {
  readonly calls: DeviceCall[] = [];
  readonly #faults: ActiveFault[] = [];
  #gate: Gate | undefined;
  readonly #inFlight = new InFlight();
  #closing = false;

  /** @param delay awaited by each call before it goes on: reorders requests in flight */
  constructor(
    readonly lower: BlockDevice,
    private readonly delay?: (call: DeviceCall) => Promise<void>,
  ) {}

  get sectorCount(): number {
    return this.lower.sectorCount;
  }

  get readOnly(): boolean {
    return this.lower.readOnly;
  }

  /** Adds a fault; several are independent of each other. */
  fail(fault: ScriptedFault): void {
    this.#faults.push({ ...fault, remaining: fault.after });
  }

  /** Ends all faults. */
  heal(): void {
    this.#faults.length = 0;
  }

  /** True once a fault has failed a call. */
  get struck(): boolean {
    return this.#faults.some((fault) => fault.struck);
  }

  /** Makes calls of these operations wait before they do anything, from now until {@link release}. */
  hold(operations: readonly Operation[] = OPERATIONS): void {
    this.#close('call', operations);
  }

  /** Makes calls of these operations wait when they are done, from now until {@link release}: only their answers wait. */
  holdAnswers(operations: readonly Operation[] = OPERATIONS): void {
    this.#close('answer', operations);
  }

  release(): void {
    this.#gate?.open();
    this.#gate = undefined;
  }

  /** The calls so far, as `read 10+4`, `flush`… */
  trace(operations?: readonly Operation[]): string[] {
    return this.calls
      .filter((call) => !operations || operations.includes(call.operation))
      .map(({ operation, sector, sectorCount }) =>
        operation === 'flush' ? operation : `${operation} ${sector}+${sectorCount}`,
      );
  }

  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    const skip = options?.skip ?? [];
    return this.#serve('read', sector, buffer.length / SECTOR_SIZE, async (failed) => {
      if (!failed) return this.lower.read(sector, buffer, options);
      const ranges = subtractRanges(failed.failed, skip);
      await failTogether(new BlockError(failed.code, failed.message, ranges, failed.details), [
        () => this.lower.read(sector, buffer, { skip: mergeRanges([...skip, ...ranges]) }),
      ]);
    });
  }

  write(sector: number, buffer: Uint8Array): Promise<void> {
    const sectorCount = buffer.length / SECTOR_SIZE;
    return this.#change('write', sector, sectorCount, (first, count) =>
      this.lower.write(first, sliceSectors(buffer, sector, first, count)),
    );
  }

  flush(): Promise<void> {
    return this.#serve('flush', 0, 0, async (failed) => {
      if (failed) throw failed;
      return this.lower.flush();
    });
  }

  discard(sector: number, sectorCount: number): Promise<void> {
    return this.#change('discard', sector, sectorCount, (first, count) => this.lower.discard(first, count));
  }

  async close(): Promise<void> {
    this.#closing = true;
    await this.#inFlight.drained();
    await this.lower.close();
  }

  /** Records a call, decides what becomes of it, waits where it has to, and then runs it. */
  async #serve(
    operation: Operation,
    sector: number,
    sectorCount: number,
    run: (failed: BlockError | undefined) => Promise<void>,
  ): Promise<void> {
    if (this.#closing) throw new BlockError('ENODEV', 'the device is closed', []);
    const call: DeviceCall = { index: this.calls.length, operation, sector, sectorCount };
    this.calls.push(call);
    const failed = this.#judge(call);
    await this.#inFlight.during(async () => {
      await this.delay?.(call);
      await this.#pass('call', operation);
      await run(failed).finally(() => this.#pass('answer', operation));
    });
  }

  /** Changes the sectors of a call that no fault hits. */
  #change(
    operation: 'write' | 'discard',
    sector: number,
    sectorCount: number,
    change: (first: number, count: number) => Promise<void>,
  ): Promise<void> {
    return this.#serve(operation, sector, sectorCount, async (failed) => {
      if (!failed) return change(sector, sectorCount);
      const good = subtractRanges([[sector, sectorCount]], failed.failed);
      await failTogether(
        failed,
        good.map((run) => () => change(...run)),
      );
    });
  }

  #close(where: Gate['where'], operations: readonly Operation[]): void {
    this.release();
    let open = (): void => {};
    const opened = new Promise<void>((resolve) => {
      open = resolve;
    });
    this.#gate = { where, operations, opened, open };
  }

  async #pass(where: Gate['where'], operation: Operation): Promise<void> {
    while (this.#gate?.where === where && this.#gate.operations.includes(operation)) await this.#gate.opened;
  }

  #judge(call: DeviceCall): BlockError | undefined {
    const ranges: SectorRange[] = [];
    let code: ErrorCode | undefined;
    for (const fault of this.#faults) {
      if (fault.operations && !fault.operations.includes(call.operation)) continue;
      const hit = strike(fault, call);
      if (!hit) continue;
      code ??= fault.code ?? 'EIO';
      ranges.push(...hit);
    }
    if (!code) return undefined;
    return new BlockError(
      code,
      `scripted ${code} of ${call.operation} number ${call.index}`,
      mergeRanges(ranges),
      code === 'ENOSPC' ? FULL_DISK : {},
    );
  }
}

/** What an image says when its file system is full. */
const FULL_DISK = { path: 'scripted.img', full: 'host', fileSystem: '/scripted' } as const;

/** A delay of up to three turns of the event loop for each call, so that calls in flight overtake each other. */
export function randomDelay(random: Random): () => Promise<void> {
  return () => turns(randomInteger(random, 4));
}

/** Runs the parts of a request that no fault hit, and fails if the fault hit any, or if a part fails by itself. */
async function failTogether(fault: BlockError, parts: readonly (() => Promise<void>)[]): Promise<void> {
  const failed = [...fault.failed];
  for (const part of parts) {
    try {
      await part();
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      failed.push(...error.failed);
    }
  }
  if (failed.length > 0) throw new BlockError(fault.code, fault.message, mergeRanges(failed), fault.details);
}

/** The sectors of a call that a fault fails, or nothing when it leaves the call alone. */
function strike(fault: ActiveFault, call: DeviceCall): readonly SectorRange[] | undefined {
  const whole: readonly SectorRange[] = call.sectorCount > 0 ? [[call.sector, call.sectorCount]] : [];
  if (!fault.struck) {
    if (fault.remaining-- > 0) return undefined;
    const ranges = fault.failing?.(call) ?? whole;
    const hit = clip(ranges, call);
    if (whole.length > 0 && hit.length === 0) return undefined;
    fault.struck = { call, ranges };
    return hit;
  }
  if (fault.duration === 'once') return undefined;
  if (fault.duration === 'device') return whole;
  if (fault.struck.call.operation === 'flush') return call.operation === 'flush' ? [] : undefined;
  const again = clip(fault.struck.ranges, call);
  return again.length > 0 ? again : undefined;
}

function clip(ranges: readonly SectorRange[], call: DeviceCall): SectorRange[] {
  const end = call.sector + call.sectorCount;
  return ranges.flatMap(([first, count]): SectorRange[] => {
    const from = Math.max(first, call.sector);
    const to = Math.min(first + count, end);
    return from < to ? [[from, to - from]] : [];
  });
}
