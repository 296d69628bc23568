import { sliceSectors } from '../block/range';
import { isMediumFailure, type SectorRange } from '../errors';
import type { SparePiece, SpareRequest } from './requestPlan';

/** Sectors of the device that failed below, split by the disk they are on. */
export interface Failure {
  readonly main: readonly SectorRange[];
  readonly pieces: readonly SparePiece[];
}

/**
 * The requests to main and to spares that together serve one request: waits for all of them, so that no buffer is in use
 * afterwards, and gathers what failed on the medium. Counts answers rather than promises, which cost a small read with
 * one remapped sector as much as the reading.
 */
export class SubRequests {
  readonly #failedRuns: SectorRange[] = [];
  readonly #failedPieces: SparePiece[] = [];
  #pending = 0;
  #otherErrors: unknown[] | undefined;
  #settle: (() => void) | undefined;

  /** Counts in a request to main. */
  addMain(request: Promise<void>): void {
    this.#pending++;
    request.then(this.#answered, (error: unknown) => {
      if (isMediumFailure(error)) this.#failedRuns.push(...error.failed);
      else this.#note(error);
      this.#answered();
    });
  }

  /** Counts in a request to a spare; a read's failing sectors are zeros in `bytes` then. */
  addSpare(request: Promise<void>, spareRequest: SpareRequest, bytes?: Uint8Array): void {
    this.#pending++;
    request.then(this.#answered, (error: unknown) => {
      if (isMediumFailure(error)) {
        for (const run of error.failed) {
          this.#failedPieces.push(...piecesIn(run, spareRequest));
          if (bytes) sliceSectors(bytes, spareRequest.first, ...run).fill(0);
        }
      } else {
        this.#note(error);
      }
      this.#answered();
    });
  }

  /** Notes as failed what should have gone to a spare that is missing; a read's bytes are zeros then. */
  addMissing(spareRequest: SpareRequest, bytes?: Uint8Array): void {
    this.#failedPieces.push(...spareRequest.pieces);
    bytes?.fill(0);
  }

  /** Resolves when all requests are answered: to what failed, or null. Rejects with an error that isn't the medium's. */
  async settled(): Promise<Failure | null> {
    if (this.#pending > 0) await new Promise<void>((resolve) => (this.#settle = resolve));
    if (this.#otherErrors) throw this.#otherErrors[0];
    if (this.#failedRuns.length === 0 && this.#failedPieces.length === 0) return null;
    return { main: this.#failedRuns, pieces: this.#failedPieces };
  }

  readonly #answered = (): void => {
    if (--this.#pending === 0) this.#settle?.();
  };

  #note(error: unknown): void {
    this.#otherErrors ??= [error];
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
