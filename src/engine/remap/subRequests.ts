import { type BlockDevice, type ReadOptions, type ReadRequest, submitRead } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import { BlockError, isMediumFailure, type SectorRange } from '../errors';
import type { SparePiece, SpareRequest } from './requestPlan';

/** Sectors of the device that failed below, split by the disk they are on. */
export interface Failure {
  readonly main: readonly SectorRange[];
  readonly pieces: readonly SparePiece[];
}

/** An error that isn't one of the medium: the request as a whole was refused. */
export interface Refusal {
  readonly error: unknown;
}

/** Is told the outcome of the requests that together serve one. */
export interface OutcomeListener {
  /** With a refusal, the failure names the sectors that it names, if any, as well as those that failed on the medium. */
  allAnswered(failure: Failure | null, refusal: Refusal | null): void;
}

interface FailureList {
  readonly main: SectorRange[];
  readonly pieces: SparePiece[];
}

/**
 * The requests to main and to spares that together serve one request. Waits for all of them, so that no buffer is in use
 * afterwards, and gathers the sectors that failed on the medium. Counts answers instead of keeping promises: for a small read
 * with one remapped sector, promises would take as long as the read itself.
 */
export class SubRequests {
  #pending = 0;
  #failure: FailureList | null = null;
  /** The first error that isn't one of the medium. */
  #refusal: Refusal | null = null;
  #listener: OutcomeListener | null = null;

  /** Reads a run of main. */
  readMain(main: BlockDevice, sector: number, bytes: Uint8Array, options?: ReadOptions): void {
    this.#pending++;
    submitRead(main, new SubRead(this, sector, bytes, options, null));
  }

  /** Reads a run of a spare. Sectors that fail are zeros in `bytes`. */
  readSpare(spare: BlockDevice, request: SpareRequest, bytes: Uint8Array, options?: ReadOptions): void {
    this.#pending++;
    submitRead(spare, new SubRead(this, request.first, bytes, options, request));
  }

  /** Adds a write or discard that main has been given. */
  addMain(change: Promise<void>): void {
    this.#add(change, null);
  }

  /** Adds a write or discard that a spare has been given. */
  addSpare(change: Promise<void>, request: SpareRequest): void {
    this.#add(change, request);
  }

  /** Notes a request to a missing spare as failed. The bytes of a read are zeros then. */
  addMissing(spareRequest: SpareRequest, bytes?: Uint8Array): void {
    this.#noteSpare([[spareRequest.first, spareRequest.count]], spareRequest, bytes);
  }

  /** Tells the listener when all requests are answered: at once if they are already. */
  tell(listener: OutcomeListener): void {
    this.#listener = listener;
    if (this.#pending === 0) listener.allAnswered(this.#failure, this.#refusal);
  }

  /**
   * The promise form of {@link tell}: see {@link promiseOutcome}.
   * @param refusalOf makes the error of a refusal that names sectors, which are those of a disk, one in sectors of the device
   */
  outcome(refusalOf?: (failure: Failure, error: BlockError) => BlockError): Promise<Failure | null> {
    return promiseOutcome((listener) => this.tell(listener), refusalOf);
  }

  /** Notes that a request is answered. */
  answered(): void {
    if (--this.#pending === 0) this.#listener?.allAnswered(this.#failure, this.#refusal);
  }

  /** Notes that a request is answered with an error. */
  failed(error: unknown, request: SpareRequest | null, bytes?: Uint8Array): void {
    if (!isMediumFailure(error)) this.#refusal ??= { error };
    if (error instanceof BlockError && error.failed.length > 0) {
      if (request) this.#noteSpare(error.failed, request, bytes);
      else for (const run of error.failed) this.#failures.main.push(run);
    }
    this.answered();
  }

  #add(change: Promise<void>, request: SpareRequest | null): void {
    this.#pending++;
    change.then(
      () => this.answered(),
      (error: unknown) => this.failed(error, request),
    );
  }

  get #failures(): FailureList {
    this.#failure ??= { main: [], pieces: [] };
    return this.#failure;
  }

  #noteSpare(failed: readonly SectorRange[], request: SpareRequest, bytes: Uint8Array | undefined): void {
    for (const run of failed) {
      for (const piece of piecesIn(run, request)) this.#failures.pieces.push(piece);
      if (bytes) sliceSectors(bytes, request.first, ...run).fill(0);
    }
  }
}

/** Resolves to the sectors that failed, or null; rejects with an error that isn't one of the medium. */
export function promiseOutcome(
  start: (listener: OutcomeListener) => void,
  refusalOf: (failure: Failure, error: BlockError) => BlockError = (_, error) => error,
): Promise<Failure | null> {
  return new Promise((resolve, reject) => {
    start({
      allAnswered: (failure, refusal) => {
        if (!refusal) return resolve(failure);
        const { error } = refusal;
        reject(failure && error instanceof BlockError ? refusalOf(failure, error) : error);
      },
    });
  });
}

class SubRead implements ReadRequest {
  constructor(
    private readonly parts: SubRequests,
    readonly sector: number,
    readonly buffer: Uint8Array,
    readonly options: ReadOptions | undefined,
    /** Null for one to main. */
    private readonly request: SpareRequest | null,
  ) {}

  answer(error?: unknown): void {
    if (error === undefined) this.parts.answered();
    else this.parts.failed(error, this.request, this.buffer);
  }
}

/** The parts of a request's pieces that lie in a run of the spare. */
function piecesIn([first, count]: SectorRange, request: SpareRequest): SparePiece[] {
  const parts: SparePiece[] = [];
  for (const piece of request.pieces) {
    const start = Math.max(first, piece.at);
    const end = Math.min(first + count, piece.at + piece.count);
    if (start >= end) continue;
    parts.push({ ...piece, original: piece.original + start - piece.at, at: start, count: end - start });
  }
  return parts;
}
