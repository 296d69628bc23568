import { SECTOR_SIZE } from '../block/blockDevice';
import { dataBuffers } from './bufferPool';
import { errnoOf, textOf } from './commandErrors';
import type { Inbox } from './inbox';
import { type ClientBudget, PIECE_BYTES } from './limits';
import type { OpenRequest } from './openRequest';

/** Data up to this size are written from where they came in, mostly without being copied. */
const SMALL_BYTES = 64 * 1024;

/**
 * The data of a WRITE as they come in. Each piece is written as soon as it is complete, while the next one comes. The data
 * of a WRITE that is refused are skipped, so that the next request is found.
 */
export class WritePayload {
  readonly #open: OpenRequest;
  readonly #budget: ClientBudget;
  #errno: number;
  #errorText: string | null = null;
  /** Bytes that haven't come yet, those of the current piece included. */
  #left: number;
  #piece: Buffer | null = null;
  #filled = 0;
  #writing = 0;
  #isAbandoned = false;

  /** @param errno why the request is refused, or 0 */
  constructor(open: OpenRequest, errno: number, budget: ClientBudget) {
    this.#open = open;
    this.#errno = errno;
    this.#budget = budget;
    this.#left = open.request.byteLength;
  }

  /** Takes what has come. */
  feed(inbox: Inbox): 'more' | 'wait' | 'complete' {
    while (this.#left > 0) {
      if (this.#errno !== 0 && !this.#piece) {
        this.#left -= inbox.skip(this.#left);
        if (this.#left > 0) return 'more';
      } else {
        const outcome = this.#fillPiece(inbox);
        if (outcome !== 'complete') return outcome;
      }
    }
    this.#answerWhenDone();
    return 'complete';
  }

  /** No more data come: what was complete is written, and the client gets no answer. */
  abandon(): void {
    if (this.#piece) {
      this.#budget.give(this.#piece.length);
      dataBuffers.give(this.#piece);
    }
    this.#piece = null;
    this.#left = 0;
    this.#isAbandoned = true;
    this.#answerWhenDone();
  }

  #fillPiece(inbox: Inbox): 'more' | 'wait' | 'complete' {
    if (!this.#piece) {
      if (inbox.length === 0) return 'more';
      const byteCount = Math.min(this.#left, PIECE_BYTES);
      if (!this.#budget.tryTake(byteCount)) return 'wait';
      const ready = byteCount <= SMALL_BYTES ? inbox.take(byteCount) : null;
      if (ready) {
        this.#left -= byteCount;
        this.#write(ready, false);
        return 'complete';
      }
      this.#piece = dataBuffers.take(byteCount);
      this.#filled = 0;
    }
    const came = inbox.takeInto(this.#piece, this.#filled);
    this.#filled += came;
    this.#left -= came;
    if (this.#filled < this.#piece.length) return 'more';
    const piece = this.#piece;
    this.#piece = null;
    this.#write(piece, true);
    return 'complete';
  }

  /** Writes the piece that ends where the bytes end that came so far. */
  #write(piece: Buffer, isPooled: boolean): void {
    const { byteOffset, byteLength } = this.#open.request;
    const sector = (byteOffset + byteLength - this.#left - piece.length) / SECTOR_SIZE;
    const { counters } = this.#open.agreement.export;
    this.#writing++;
    this.#open
      .run((sectors) => sectors.write(sector, piece))
      .then(
        () => {
          counters.bytesWritten += piece.length;
        },
        (error: unknown) => {
          this.#errno ||= errnoOf(error);
          this.#errorText ??= textOf(error);
        },
      )
      .finally(() => {
        if (isPooled) dataBuffers.give(piece);
        this.#budget.give(piece.length);
        this.#writing--;
        this.#answerWhenDone();
      });
  }

  #answerWhenDone(): void {
    if (this.#left > 0 || this.#writing > 0) return;
    const open = this.#open;
    if (this.#isAbandoned) open.answer([]);
    else if (this.#errorText !== null) open.fail(this.#errno, this.#errorText);
    else if (this.#errno !== 0) open.refuse(this.#errno);
    else {
      open.agreement.export.counters.writes++;
      open.finishWrite().catch((error: unknown) => open.fail(errnoOf(error), textOf(error)));
    }
  }
}
