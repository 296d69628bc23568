import { type BlockDevice, type ReadOptions, type ReadRequest, submitRead } from '../block/blockDevice';
import { sliceSectors } from '../block/range';
import { isMediumFailure, type SectorRange } from '../errors';
import type { SparePiece, SpareRequest } from './requestPlan';

/** Sectors of the device that failed below, split by the disk they are on. */
export interface Failure {
  readonly main: readonly SectorRange[];
  readonly pieces: readonly SparePiece[];
}

/** An error that isn't the medium's: the request as a whole was refused. */
export interface Refusal {
  readonly error: unknown;
}

/** Takes the outcome of requests that together serve one. */
export interface SettledListener {
  settled(failure: Failure | null, refusal: Refusal | null): void;
}

interface FailureList {
  readonly main: SectorRange[];
  readonly pieces: SparePiece[];
}

/**
 * The requests to main and to spares that together serve one request: waits for all of them, so that no buffer is in use
 * afterwards, and gathers what failed on the medium. Counts answers instead of keeping promises: those of a small read with
 * one remapped sector would take as long as the reading.
 */
export class SubRequests {
  #pending = 0;
  #failure: FailureList | null = null;
  /** The first error that isn't the medium's. */
  #refusal: Refusal | null = null;
  #listener: SettledListener | null = null;

  /** Reads a run of main. */
  readMain(main: BlockDevice, sector: number, bytes: Uint8Array, options?: ReadOptions): void {
    this.#pending++;
    submitRead(main, new SubRead(this, sector, bytes, options, null));
  }

  /** Reads what a request to a spare asks for; failing sectors are zeros in `bytes` then. */
  readSpare(spare: BlockDevice, request: SpareRequest, bytes: Uint8Array, options?: ReadOptions): void {
    this.#pending++;
    submitRead(spare, new SubRead(this, request.first, bytes, options, request));
  }

  /** Counts in a change of main. */
  addMain(change: Promise<void>): void {
    this.#add(change, null);
  }

  /** Counts in a change of a spare. */
  addSpare(change: Promise<void>, request: SpareRequest): void {
    this.#add(change, request);
  }

  /** Notes as failed what should have gone to a spare that is missing; a read's bytes are zeros then. */
  addMissing(spareRequest: SpareRequest, bytes?: Uint8Array): void {
    this.#noteSpare([[spareRequest.first, spareRequest.count]], spareRequest, bytes);
  }

  /** Tells the listener once all requests are answered: at once if they are. */
  tell(listener: SettledListener): void {
    this.#listener = listener;
    if (this.#pending === 0) listener.settled(this.#failure, this.#refusal);
  }

  /** As {@link promiseSettled} has it. */
  settled(): Promise<Failure | null> {
    return promiseSettled((listener) => this.tell(listener));
  }

  /** Notes that a request is answered. */
  answered(): void {
    if (--this.#pending === 0) this.#listener?.settled(this.#failure, this.#refusal);
  }

  /** Notes that a request is answered with an error. */
  failed(error: unknown, request: SpareRequest | null, bytes?: Uint8Array): void {
    if (!isMediumFailure(error)) this.#refusal ??= { error };
    else if (request) this.#noteSpare(error.failed, request, bytes);
    else this.#failures.main.push(...error.failed);
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
      this.#failures.pieces.push(...piecesIn(run, request));
      if (bytes) sliceSectors(bytes, request.first, ...run).fill(0);
    }
  }
}

/** Resolves to what failed or null; rejects with an error that isn't the medium's. */
export function promiseSettled(start: (listener: SettledListener) => void): Promise<Failure | null> {
  return new Promise((resolve, reject) => {
    start({ settled: (failure, refusal) => (refusal ? reject(refusal.error) : resolve(failure)) });
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
