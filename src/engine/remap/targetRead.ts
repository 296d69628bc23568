import { type BlockDevice, type ReadOptions, type ReadRequest, submitRead } from '../block/blockDevice';
import type { Ticker } from '../block/ticker';
import { isMediumFailure } from '../errors';
import { readPlanned } from './plannedRequests';
import type { RequestPlan } from './requestPlan';
import type { SparePool } from './sparePool';
import type { Failure, Refusal } from './subRequests';

/** What reads of the target work with. */
export interface ReadContext {
  readonly ticker: Ticker;
  /** Reads the failed sectors again. Rejects with the error of those that stay unreadable. */
  recover(failure: Failure, sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void>;
  /** Called once for each read, whether it succeeded or failed. */
  answered(byteLength: number, touchedSpare: boolean, startedAt: number): void;
}

/** Reads a request as planned, or without a plan from main alone. Nearly every read is of that kind: it costs one promise. */
export function readTarget(
  main: BlockDevice,
  pool: SparePool,
  plan: RequestPlan | null,
  context: ReadContext,
  sector: number,
  buffer: Uint8Array,
  options?: ReadOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const read = new TargetRead(context, sector, buffer, options, plan !== null, resolve, reject);
    if (plan) readPlanned(main, pool, plan, sector, buffer, read);
    else submitRead(main, read);
  });
}

class TargetRead implements ReadRequest {
  readonly startedAt: number;

  constructor(
    private readonly context: ReadContext,
    readonly sector: number,
    readonly buffer: Uint8Array,
    readonly options: ReadOptions | undefined,
    private readonly touchesSpare: boolean,
    private readonly resolve: () => void,
    private readonly reject: (error: unknown) => void,
  ) {
    this.startedAt = context.ticker.now();
  }

  answer(error?: unknown): void {
    if (error === undefined) this.allAnswered(null, null);
    else if (isMediumFailure(error)) this.allAnswered({ main: error.failed, pieces: [] }, null);
    else this.allAnswered(null, { error });
  }

  allAnswered(failure: Failure | null, refusal: Refusal | null): void {
    if (failure && !refusal) {
      this.context
        .recover(failure, this.sector, this.buffer, this.options)
        .finally(() => this.#answered())
        .then(this.resolve, this.reject);
      return;
    }
    this.#answered();
    if (refusal) this.reject(refusal.error);
    else this.resolve();
  }

  #answered(): void {
    this.context.answered(this.buffer.length, this.touchesSpare, this.startedAt);
  }
}
