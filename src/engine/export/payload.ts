import { SECTOR_SIZE } from '../block/blockDevice';
import { dataBuffers } from './bufferPool';
import { errnoOf, textOf } from './commandErrors';
import type { Inbox } from './inbox';
import { type ClientBudget, PIECE_BYTES } from './limits';
import type { OpenRequest } from './openRequest';
import { DATA_HEADER_BYTES } from './wire';

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
  /** The socket reads into the piece, perhaps after the client has been given up. */
  #isLent = false;
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

  /** The rest of the piece that is being filled, for the socket to read into; null between two pieces. */
  room(): Buffer | null {
    if (!this.#piece) return null;
    this.#isLent = true;
    return this.#piece.subarray(this.#filled);
  }

  /** So many bytes were read into the room: {@link feed} goes on with them. */
  filled(byteCount: number): void {
    this.#filled += byteCount;
    this.#left -= byteCount;
    this.#endPiece();
  }

  /** No more data come: what was complete is written, and the client gets no answer. */
  abandon(): void {
    if (this.#piece) {
      this.#budget.give(this.#piece.length);
      if (!this.#isLent) dataBuffers.give(this.#piece);
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
      // As large as the buffer of a READ of as many bytes, which it may have been or become.
      this.#piece = dataBuffers.take(DATA_HEADER_BYTES + byteCount).subarray(0, byteCount);
      this.#filled = 0;
      this.#isLent = false;
    }
    const came = inbox.takeInto(this.#piece, this.#filled);
    this.#filled += came;
    this.#left -= came;
    return this.#endPiece() ? 'complete' : 'more';
  }

  /** Writes the piece if it is complete. */
  #endPiece(): boolean {
    const piece = this.#piece;
    if (!piece || this.#filled < piece.length) return false;
    this.#piece = null;
    this.#write(piece);
    return true;
  }

  /** Writes the piece that ends where the bytes end that came so far. */
  #write(piece: Buffer): void {
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
        dataBuffers.give(piece);
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
