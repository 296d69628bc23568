import type { ExportLimits } from './exportContracts';

/** Data move in pieces of at most so many bytes, however large a request is. */
export const PIECE_BYTES = 1024 * 1024;

const MiB = 1024 * 1024;

export const DEFAULT_LIMITS: ExportLimits = {
  clients: 64,
  clientRequests: 128,
  requests: 1024,
  clientBytes: 8 * MiB,
  bytes: 16 * MiB,
  returnMs: 30_000,
  endMs: 2000,
};

/** What all clients of a server hold together, and who waits for some of it, the longest first. */
export class SharedBudget {
  requests = 0;
  bytes = 0;
  readonly #waiting = new Set<ClientBudget>();

  constructor(readonly limits: ExportLimits) {}

  wait(client: ClientBudget): void {
    this.#waiting.add(client);
  }

  forget(client: ClientBudget): void {
    this.#waiting.delete(client);
  }

  /** Something was given back: those who wait try again, in the order in which they came. */
  wake(): void {
    if (this.#waiting.size === 0) return;
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const client of waiting) client.wake();
  }
}

/**
 * The requests and bytes that one client holds. A client that holds nothing gets one request, and one piece, even when the
 * others have used up the limits: clients that don't read their replies slow the others down, but can't stop them.
 */
export class ClientBudget {
  readonly #shared: SharedBudget;
  #requests = 0;
  #bytes = 0;
  #listeners: (() => void)[] = [];

  constructor(shared: SharedBudget) {
    this.#shared = shared;
  }

  /** Takes a request together with its bytes, or nothing at all. */
  tryBegin(byteCount: number): boolean {
    const { requests, limits } = this.#shared;
    const mayBegin =
      this.#requests === 0 || (this.#requests < limits.clientRequests && requests < limits.requests);
    if (!mayBegin || !this.tryTake(byteCount)) return false;
    this.#requests++;
    this.#shared.requests++;
    return true;
  }

  tryTake(byteCount: number): boolean {
    const { bytes, limits } = this.#shared;
    const isOnly = this.#bytes === 0;
    const fitsClient = isOnly || this.#bytes + byteCount <= limits.clientBytes;
    const fitsAll = (isOnly && byteCount <= PIECE_BYTES) || bytes + byteCount <= limits.bytes;
    if (!fitsClient || !fitsAll) return false;
    this.#bytes += byteCount;
    this.#shared.bytes += byteCount;
    return true;
  }

  /** Resolves when so many bytes are taken. */
  async taken(byteCount: number): Promise<void> {
    while (!this.tryTake(byteCount)) await new Promise<void>((resolve) => this.whenFree(resolve));
  }

  /** Calls a listener once something was given back, by this client or another. */
  whenFree(listener: () => void): void {
    this.#listeners.push(listener);
    this.#shared.wait(this);
  }

  end(byteCount: number): void {
    this.#requests--;
    this.#shared.requests--;
    this.give(byteCount);
  }

  give(byteCount: number): void {
    this.#bytes -= byteCount;
    this.#shared.bytes -= byteCount;
    this.#shared.wake();
  }

  wake(): void {
    const listeners = this.#listeners;
    this.#listeners = [];
    for (const listener of listeners) listener();
  }

  /** The client is gone. What it holds it gives back as its requests end. */
  close(): void {
    this.#shared.forget(this);
    this.#listeners = [];
  }
}
