import { blockStatusReply } from './blockStatus';
import { errnoOf, textOf } from './commandErrors';
import type { Agreement } from './haggling';
import type { Inbox } from './inbox';
import { type ClientBudget, PIECE_BYTES } from './limits';
import { OpenRequest, type ReplySink } from './openRequest';
import { WritePayload } from './payload';
import { readInPieces, readWhole } from './readReply';
import { parseRequest, type Request, refusalOf } from './request';
import { Command, CommandFlag, Errno, REQUEST_BYTES } from './wire';
import { zeroInPieces } from './zeroing';

/** What came of the bytes so far: more are needed, room is, the client said goodbye, or it must be disconnected. */
export type TransmissionOutcome = 'more' | 'wait' | 'goodbye' | 'close';

/** The second part of a connection: requests, which are carried out side by side and answered as they are done. */
export class Transmission {
  readonly #agreement: Agreement;
  readonly #sink: ReplySink;
  readonly #budget: ClientBudget;
  readonly #open = new Set<OpenRequest>();
  /** A request that was read and waits for room. */
  #next: Request | null = null;
  /** A WRITE whose data are coming in. */
  #payload: WritePayload | null = null;
  #onDrained: (() => void)[] = [];
  #isEnding = false;

  constructor(agreement: Agreement, sink: ReplySink, budget: ClientBudget) {
    this.#agreement = agreement;
    this.#sink = sink;
    this.#budget = budget;
  }

  /** Whether every request that came was answered, and the answers were handed to the system. */
  get isDrained(): boolean {
    return this.#open.size === 0;
  }

  /** Calls the listener once when {@link isDrained}; at once if it is. */
  whenDrained(listener: () => void): void {
    if (this.isDrained) listener();
    else this.#onDrained.push(listener);
  }

  /** From now on requests are refused with ESHUTDOWN. Those under way go on. */
  refuseRequests(): void {
    this.#isEnding = true;
  }

  /** No more bytes come: a WRITE whose data are not complete is dropped. */
  endInput(): void {
    this.#isEnding = true;
    this.#payload?.abandon();
    this.#payload = null;
  }

  /** Answers what is still under way with ESHUTDOWN. */
  giveUp(): void {
    for (const open of this.#open) open.fail(Errno.ESHUTDOWN, 'the server is ending');
  }

  /** Where the data that come next belong, if they belong together; null: anywhere. */
  room(): Buffer | null {
    return this.#payload?.room() ?? null;
  }

  /** So many bytes came into the room. */
  filled(byteCount: number): void {
    this.#payload?.filled(byteCount);
  }

  /** Goes on as far as the bytes and the budget allow. */
  step(inbox: Inbox): TransmissionOutcome {
    for (;;) {
      if (this.#payload) {
        const outcome = this.#payload.feed(inbox);
        if (outcome !== 'complete') return outcome;
        this.#payload = null;
      }
      if (!this.#next) {
        const bytes = inbox.take(REQUEST_BYTES);
        if (!bytes) return 'more';
        this.#next = parseRequest(bytes);
        if (!this.#next) return 'close';
        if (this.#next.command === Command.disconnect) return 'goodbye';
      }
      if (!this.#begin(this.#next)) return 'wait';
      this.#next = null;
    }
  }

  /** Answers false, with nothing done, while there is no room for the request. */
  #begin(request: Request): boolean {
    const errno = this.#isEnding ? Errno.ESHUTDOWN : this.#refusal(request);
    const byteCount = errno === 0 ? this.#bytesAtOnce(request) : 0;
    if (!this.#budget.tryBegin(byteCount)) return false;
    const open = new OpenRequest(request, this.#agreement, this.#sink, this.#budget, byteCount, (ended) =>
      this.#ended(ended),
    );
    this.#open.add(open);
    if (request.command === Command.write) this.#payload = new WritePayload(open, errno, this.#budget);
    else if (errno !== 0) open.refuse(errno);
    else void this.#carryOut(open).catch((error: unknown) => open.fail(errnoOf(error), textOf(error)));
    return true;
  }

  #refusal(request: Request): number {
    const { export: chosen, structured, contexts } = this.#agreement;
    const { byteLength, readOnly } = chosen;
    return refusalOf(request, { byteLength, readOnly, structured, hasContexts: contexts.length > 0 });
  }

  /** The bytes that a request holds from its begin to its end; those of others come and go in pieces. */
  #bytesAtOnce(request: Request): number {
    return request.command === Command.read && !this.#isInPieces(request) ? request.byteLength : 0;
  }

  #isInPieces({ byteLength, flags }: Request): boolean {
    return this.#agreement.structured && byteLength > PIECE_BYTES && (flags & CommandFlag.df) === 0;
  }

  #carryOut(open: OpenRequest): Promise<void> {
    const { request } = open;
    switch (request.command) {
      case Command.read:
        return this.#isInPieces(request) ? readInPieces(open, this.#budget) : readWhole(open);
      case Command.flush:
        return open.finish((sectors) => sectors.flush());
      case Command.trim:
      case Command.writeZeroes:
        return zeroInPieces(open);
      case Command.blockStatus:
        return blockStatusReply(open);
      default:
        open.acknowledge();
        return Promise.resolve();
    }
  }

  #ended(open: OpenRequest): void {
    this.#open.delete(open);
    if (!this.isDrained) return;
    const listeners = this.#onDrained;
    this.#onDrained = [];
    for (const listener of listeners) listener();
  }
}
