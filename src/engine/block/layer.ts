import { InFlight } from '../concurrency/inFlight';
import { BlockError } from '../errors';
import { answerWith, type BlockDevice, type ReadOptions, type ReadRequest, submitRead } from './blockDevice';

/**
 * A block device over another one. A request passes down as it is, and the lower device's own promise is returned,
 * unless the layer takes the request: a layer overrides `ownRead`, `ownWrite`, `ownFlush` or `ownDiscard`, each the one
 * place where it decides whether a request is its own. Both forms of a read ask `ownRead`.
 *
 * From `close` on requests are refused with `ENODEV`. It waits for the layer's own requests, then for
 * {@link finish}, and closes the lower device, which waits for the requests that passed down.
 */
export abstract class Layer implements BlockDevice {
  protected readonly lower: BlockDevice;
  readonly #inFlight = new InFlight();
  /** Why requests are refused, once they are. */
  #refusal: string | undefined;
  #closing: Promise<void> | undefined;

  constructor(lower: BlockDevice) {
    this.lower = lower;
  }

  get sectorCount(): number {
    return this.lower.sectorCount;
  }

  get readOnly(): boolean {
    return this.lower.readOnly;
  }

  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    return this.#takeRead(sector, buffer, options) ?? this.lower.read(sector, buffer, options);
  }

  submitRead(request: ReadRequest): void {
    const own = this.#takeRead(request.sector, request.buffer, request.options);
    if (own) answerWith(own, request);
    else submitRead(this.lower, request);
  }

  write(sector: number, buffer: Uint8Array): Promise<void> {
    if (this.#refusal) return this.#refuse();
    const own = this.ownWrite(sector, buffer);
    return own ? this.#inFlight.add(own) : this.lower.write(sector, buffer);
  }

  flush(): Promise<void> {
    if (this.#refusal) return this.#refuse();
    const own = this.ownFlush();
    return own ? this.#inFlight.add(own) : this.lower.flush();
  }

  discard(sector: number, sectorCount: number): Promise<void> {
    if (this.#refusal) return this.#refuse();
    const own = this.ownDiscard(sector, sectorCount);
    return own ? this.#inFlight.add(own) : this.lower.discard(sector, sectorCount);
  }

  checkPlace(): Promise<void> {
    return this.lower.checkPlace?.() ?? Promise.resolve();
  }

  close(): Promise<void> {
    this.#refusal ??= 'the device is closed';
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Serves a read if it is this layer's own. Null if it passes down as it is. */
  protected ownRead(
    _sector: number,
    _buffer: Uint8Array,
    _options: ReadOptions | undefined,
  ): Promise<void> | null {
    return null;
  }

  /** As {@link ownRead}, for writes. */
  protected ownWrite(_sector: number, _buffer: Uint8Array): Promise<void> | null {
    return null;
  }

  /** As {@link ownRead}, for flushes. */
  protected ownFlush(): Promise<void> | null {
    return null;
  }

  /** As {@link ownRead}, for discards. */
  protected ownDiscard(_sector: number, _sectorCount: number): Promise<void> | null {
    return null;
  }

  /** What is left to do before the lower device closes, which it does even if this fails. No request is in flight. */
  protected finish(): Promise<void> {
    return Promise.resolve();
  }

  /** Refuses all requests from now on with `ENODEV` and this reason. */
  protected refuseAll(reason: string): void {
    this.#refusal = reason;
  }

  #takeRead(sector: number, buffer: Uint8Array, options: ReadOptions | undefined): Promise<void> | null {
    if (this.#refusal) return this.#refuse();
    const own = this.ownRead(sector, buffer, options);
    return own && this.#inFlight.add(own);
  }

  #refuse(): Promise<never> {
    return Promise.reject(new BlockError('ENODEV', this.#refusal!, []));
  }

  async #close(): Promise<void> {
    await this.#inFlight.drained();
    try {
      await this.finish();
    } finally {
      await this.lower.close();
    }
  }
}
