import type { Socket } from 'node:net';
import type { DeviceExport } from './deviceExport';
import { type Agreement, Haggling } from './haggling';
import { Inbox } from './inbox';
import { ClientBudget, type SharedBudget } from './limits';
import type { ReplySink } from './openRequest';
import { receiveInto } from './receiver';
import { Transmission } from './transmission';
import { HandshakeFlag, HELLO_MAGIC, OPTION_MAGIC } from './wire';

/** How long a client that was told goodbye has to close its end, in milliseconds. */
const GOODBYE_MS = 1000;

/** What a connection needs of the server. */
export interface ConnectionHost {
  readonly isEnding: boolean;
  readonly budget: SharedBudget;
  exports(): readonly DeviceExport[];
  find(name: string): DeviceExport | undefined;
  /** The client has opened an export, or has gone from it. */
  joined(chosen: DeviceExport): void;
  left(chosen: DeviceExport): void;
  closed(connection: Connection): void;
}

/** One client: its socket, what came from it, and how far it is. Nothing of it is left once its socket has closed. */
export class Connection implements ReplySink {
  readonly #socket: Socket;
  readonly #host: ConnectionHost;
  readonly #inbox = new Inbox();
  readonly #budget: ClientBudget;
  readonly #haggling: Haggling;
  #chosen: DeviceExport | null = null;
  #transmission: Transmission | null = null;
  #isCorked = false;
  #isStepping = false;
  #isLeaving = false;

  constructor(socket: Socket, host: ConnectionHost) {
    this.#socket = receiveInto(socket, {
      room: () => (this.#inbox.length === 0 ? (this.#transmission?.room() ?? null) : null),
      filled: (byteCount) => this.#filled(byteCount),
      received: (bytes) => this.#received(bytes),
    });
    this.#host = host;
    this.#budget = new ClientBudget(host.budget);
    this.#haggling = new Haggling({
      get isEnding() {
        return host.isEnding;
      },
      exports: () => host.exports(),
      find: (name) => host.find(name),
      send: (bytes) => this.send([bytes], () => undefined),
    });
    this.#socket.on('end', () => this.#leave());
    // A socket that fails closes right after; what is under way ends by itself.
    this.#socket.on('error', () => undefined);
    this.#socket.on('close', () => this.#closed());
    this.send([hello()], () => undefined);
  }

  get isGone(): boolean {
    return this.#socket.destroyed;
  }

  /** The export that the client has open; null while it haggles. */
  get chosen(): DeviceExport | null {
    return this.#chosen;
  }

  send(parts: readonly Buffer[], sent: () => void): void {
    const last = parts.at(-1);
    if (!last || this.isGone) {
      sent();
      return;
    }
    // What is sent in one turn of the event loop goes out in one system call.
    if (!this.#isCorked) {
      this.#isCorked = true;
      this.#socket.cork();
      setImmediate(this.#uncork);
    }
    for (let i = 0; i < parts.length - 1; i++) this.#socket.write(parts[i]!);
    this.#socket.write(last, sent);
  }

  /** Takes no more requests, answers those under way, and disconnects. */
  disconnectSoon(): void {
    this.#transmission?.refuseRequests();
    this.#leave();
  }

  /** Refuses requests, and disconnects once those under way are answered, at the latest after this time. */
  end(graceMs: number): void {
    const transmission = this.#transmission;
    if (!transmission) {
      this.#finish();
      return;
    }
    transmission.refuseRequests();
    const timer = setTimeout(() => {
      transmission.giveUp();
      this.#finish();
    }, graceMs);
    transmission.whenDrained(() => {
      clearTimeout(timer);
      this.#finish();
    });
  }

  /** Cuts the connection, as a machine that dies does. */
  cut(): void {
    this.#socket.destroy();
  }

  readonly #uncork = (): void => {
    this.#isCorked = false;
    this.#socket.uncork();
  };

  #received(chunk: Buffer): boolean {
    if (this.#isLeaving) return false;
    this.#inbox.push(chunk);
    this.#step();
    return this.#inbox.length === 0;
  }

  #filled(byteCount: number): void {
    if (this.#isLeaving) return;
    this.#transmission?.filled(byteCount);
    this.#step();
  }

  readonly #step = (): void => {
    if (this.#isStepping || this.#isLeaving || this.isGone) return;
    this.#isStepping = true;
    try {
      const outcome = this.#transmission?.step(this.#inbox) ?? this.#haggle();
      if (outcome === 'wait') {
        this.#socket.pause();
        this.#budget.whenFree(this.#step);
      } else if (outcome === 'more') this.#socket.resume();
      else if (outcome === 'goodbye') this.#leave();
      else this.#finish();
    } finally {
      this.#isStepping = false;
    }
  };

  #haggle(): 'more' | 'wait' | 'goodbye' | 'close' {
    const outcome = this.#haggling.step(this.#inbox);
    if (outcome === 'more' || outcome === 'close') return outcome;
    this.#transmission = this.#begin(outcome);
    return this.#transmission.step(this.#inbox);
  }

  #begin(agreement: Agreement): Transmission {
    this.#chosen = agreement.export;
    this.#host.joined(agreement.export);
    return new Transmission(agreement, this, this.#budget);
  }

  /** Nothing more comes, or is wanted: disconnects once what came before was answered. */
  #leave(): void {
    if (this.#isLeaving) return;
    this.#isLeaving = true;
    this.#socket.resume();
    this.#transmission?.endInput();
    if (this.#transmission) this.#transmission.whenDrained(() => this.#finish());
    else this.#finish();
  }

  /** Sends what is left, and closes; a client that doesn't close its end is cut off. */
  #finish(): void {
    this.#isLeaving = true;
    if (this.isGone) return;
    this.#socket.end();
    this.#socket.resume();
    const timer = setTimeout(() => this.#socket.destroy(), GOODBYE_MS);
    this.#socket.once('close', () => clearTimeout(timer));
    this.#socket.once('end', () => this.#socket.destroySoon());
    if (this.#socket.readableEnded) this.#socket.destroySoon();
  }

  #closed(): void {
    this.#budget.close();
    this.#transmission?.endInput();
    if (this.#chosen) this.#host.left(this.#chosen);
    this.#host.closed(this);
  }
}

function hello(): Buffer {
  const bytes = Buffer.alloc(18);
  bytes.writeBigUInt64BE(HELLO_MAGIC);
  bytes.writeBigUInt64BE(OPTION_MAGIC, 8);
  bytes.writeUInt16BE(HandshakeFlag.fixedNewstyle | HandshakeFlag.noZeroes, 16);
  return bytes;
}
