import type { ClientSectors } from '../device/clientSectors';
import { RemapError } from '../errors';
import type { Agreement } from './haggling';
import type { ClientBudget } from './limits';
import { refusalChunk, simpleReply } from './replies';
import type { Request } from './request';
import { Command, CommandFlag, Errno } from './wire';

/** Where replies go. */
export interface ReplySink {
  /** Whether the client has gone: its requests need no more work. */
  readonly isGone: boolean;
  /** Sends buffers in one go. @param sent is called once they were handed to the system, or the client has gone */
  send(parts: readonly Buffer[], sent: () => void): void;
  /** The device is gone for good: the client is to be disconnected once what is under way was answered. */
  disconnectSoon(): void;
}

/** A request from its begin until its reply was sent. It is answered once: what comes of it later is dropped. */
export class OpenRequest {
  readonly request: Request;
  readonly agreement: Agreement;
  readonly #sink: ReplySink;
  readonly #budget: ClientBudget;
  readonly #byteCount: number;
  readonly #onEnd: (open: OpenRequest) => void;
  #isAnswered = false;

  /** @param byteCount what it holds of the budget until it ends */
  constructor(
    request: Request,
    agreement: Agreement,
    sink: ReplySink,
    budget: ClientBudget,
    byteCount: number,
    onEnd: (open: OpenRequest) => void,
  ) {
    this.request = request;
    this.agreement = agreement;
    this.#sink = sink;
    this.#budget = budget;
    this.#byteCount = byteCount;
    this.#onEnd = onEnd;
  }

  /** Whether there is no use in going on: the client has gone, or has its answer. */
  get isOver(): boolean {
    return this.#isAnswered || this.#sink.isGone;
  }

  /**
   * Makes a request to the device, as `DeviceExport.run` does, unless this is over: a device that comes back after a power
   * loss must not be written what a client asked for that the loss has cut off.
   */
  run<T>(request: (sectors: ClientSectors) => Promise<T>): Promise<T> {
    return this.agreement.export.run((sectors) =>
      this.isOver ? Promise.reject(new RemapError('ECANCELED', 'the client has gone')) : request(sectors),
    );
  }

  /** Sends a part of the answer; more follow. */
  sendPart(parts: readonly Buffer[], sent: () => void): void {
    if (this.#isAnswered) sent();
    else this.#sink.send(parts, sent);
  }

  /** Sends the answer, or its last part. @param sent is called when the buffers are free again */
  answer(parts: readonly Buffer[], sent?: () => void): void {
    if (this.#isAnswered) {
      sent?.();
      return;
    }
    this.#isAnswered = true;
    this.#sink.send(parts, () => {
      sent?.();
      this.#budget.end(this.#byteCount);
      this.#onEnd(this);
    });
  }

  /** Answers that it was done. */
  acknowledge(): void {
    this.answer([simpleReply(this.request, 0)]);
  }

  /** Does something on the device that needs no more than that, and answers. */
  async finish(work: (sectors: ClientSectors) => Promise<void>): Promise<void> {
    await this.run(work);
    if (this.request.command === Command.flush) this.agreement.export.counters.flushes++;
    this.acknowledge();
  }

  /** Makes what was written durable if the client wants that with this request, and answers. */
  async finishWrite(): Promise<void> {
    if ((this.request.flags & CommandFlag.fua) !== 0) await this.run((sectors) => sectors.flush());
    this.acknowledge();
  }

  /** Answers with an error because of what the request is. */
  refuse(errno: number): void {
    this.answer([this.#errorReply(errno, 'the request is not one that this export takes')]);
  }

  /** Answers with an error because of what happened. */
  fail(errno: number, text: string): void {
    if (this.#isAnswered) return;
    this.noteFailure(text);
    this.answer([this.#errorReply(errno, text)]);
    if (errno === Errno.ESHUTDOWN) this.#sink.disconnectSoon();
  }

  /** Counts an error that the client is told. */
  noteFailure(text: string): void {
    if (!this.isOver) this.agreement.export.noteFailure(text);
  }

  #errorReply(errno: number, text: string): Buffer {
    const { structured } = this.agreement;
    const { command } = this.request;
    const isChunked = structured && (command === Command.read || command === Command.blockStatus);
    return isChunked ? refusalChunk(this.request, errno, text) : simpleReply(this.request, errno);
  }
}
