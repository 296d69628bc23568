import type { Socket } from 'node:net';
import { describeError } from '../../contract/errorSentences';
import type { Task } from '../../contract/task';
import { type Listener, listen, RemapError } from '../../engine';
import { Serve } from './client';
import { LineReader } from './lines';
import {
  type ControlReply,
  type ControlRequest,
  formatGreeting,
  formatReply,
  MAX_REQUEST_BYTES,
  parseRequest,
} from './messages';
import { controlPlace, makeControlFolder } from './place';

/** Verbs that are connected at a time; one more is turned away. */
const MAX_CONNECTIONS = 32;
/** Bytes of requests that are not answered yet, of all connections together. */
const MAX_PENDING_BYTES = 2 * MAX_REQUEST_BYTES;
/** How long a connection may take until its request is whole. */
const REQUEST_MS = 60_000;

/** What answers requests. @throws RemapError as the command */
export type Answer = (request: ControlRequest, task: Task) => Promise<unknown>;

/** Answers other verbs about the devices of a serve: at a socket for each device, which only this user can reach. */
export class ControlServer {
  readonly #listeners: Listener[] = [];
  readonly #connections = new Set<Connection>();

  constructor(private readonly answer: Answer) {}

  /**
   * Begins to answer for a device.
   * @param deviceFile its real path
   * @throws RemapError `EBUSY` when another serve answers for it, `EACCES` when the folder isn't private, and as
   * `listen` of the engine
   */
  async listen(deviceFile: string): Promise<void> {
    const { folder, socket: socketPath } = controlPlace(deviceFile);
    if (folder !== null) await makeControlFolder(folder);
    await requireUnserved(deviceFile);
    this.#listeners.push(await listen({ socketPath }, (socket) => this.#accept(socket)));
  }

  /** Cancels what runs, waits until that has ended, and takes the sockets away. */
  async close(): Promise<void> {
    for (const listener of this.#listeners) await listener.close();
    await Promise.all([...this.#connections].map((connection) => connection.end()));
  }

  #accept(socket: Socket): void {
    if (this.#connections.size >= MAX_CONNECTIONS) {
      socket.on('error', () => undefined).destroy();
      return;
    }
    const connection: Connection = new Connection(socket, this.answer, {
      mayKeep: (byteCount) => this.#pendingBytes() + byteCount <= MAX_PENDING_BYTES,
      onEnd: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }

  #pendingBytes(): number {
    let sum = 0;
    for (const { pendingBytes } of this.#connections) sum += pendingBytes;
    return sum;
  }
}

/** @throws RemapError `EBUSY` when a serve answers for the device */
export async function requireUnserved(deviceFile: string): Promise<void> {
  const serve = await Serve.find(deviceFile);
  if (!serve) return;
  serve.close();
  throw new RemapError('EBUSY', `another serve, process ${serve.pid}, has ${deviceFile}: end it first`, {
    path: deviceFile,
    pid: serve.pid,
  });
}

interface ConnectionHost {
  mayKeep(byteCount: number): boolean;
  onEnd(): void;
}

/** One verb that asks: its request, and what comes of it. A verb that goes away cancels what it asked for. */
class Connection {
  readonly #cancel = new AbortController();
  readonly #reader: LineReader;
  readonly #timer: NodeJS.Timeout;
  #running: Promise<void> | undefined;
  #runningBytes = 0;

  constructor(
    private readonly socket: Socket,
    private readonly answer: Answer,
    private readonly host: ConnectionHost,
  ) {
    this.#timer = setTimeout(() => this.#refuse('no whole request came in time'), REQUEST_MS);
    this.#reader = new LineReader(
      socket,
      (line) => this.#take(line),
      (byteCount) => this.#mayKeep(byteCount),
    );
    socket.on('error', () => undefined);
    // A caller that has closed its end has gone: none needs to do that before it is answered.
    socket.on('end', () => socket.destroy());
    socket.on('close', () => this.#closed());
    socket.write(formatGreeting(process.pid));
  }

  get pendingBytes(): number {
    return this.#reader.byteCount + this.#runningBytes;
  }

  /** Cancels the command, and resolves once it has ended and its reply is on its way. */
  async end(): Promise<void> {
    this.#cancel.abort(new RemapError('ECANCELED', 'the serve ends'));
    await this.#running;
    this.socket.destroySoon();
  }

  #mayKeep(byteCount: number): boolean {
    const isAllowed =
      this.#running === undefined &&
      this.pendingBytes + byteCount <= MAX_REQUEST_BYTES &&
      this.host.mayKeep(byteCount);
    if (!isAllowed && !this.#running) this.#refuse(`a request has at most ${MAX_REQUEST_BYTES} bytes`);
    return isAllowed;
  }

  #take(line: string): void {
    if (this.#running) return;
    clearTimeout(this.#timer);
    this.#runningBytes = line.length;
    this.#running = this.#carryOut(line);
  }

  async #carryOut(line: string): Promise<void> {
    this.#reply(await this.#resultOf(line));
    this.#runningBytes = 0;
    this.socket.end();
  }

  async #resultOf(line: string): Promise<ControlReply> {
    const task: Task = {
      signal: this.#cancel.signal,
      report: (text, fraction) => this.#report(text, fraction),
    };
    try {
      return { kind: 'result', result: (await this.answer(parseRequest(line), task)) ?? null };
    } catch (error) {
      const { code, message } = describeError(error);
      return { kind: 'error', code, message };
    }
  }

  /** Progress is dropped, not kept, for a verb that doesn't read it. */
  #report(text: string, fraction: number | undefined): void {
    if (this.socket.writableLength > 0) return;
    this.#reply({ kind: 'progress', text, ...(fraction !== undefined && { fraction }) });
  }

  #reply(reply: ControlReply): void {
    if (!this.socket.destroyed) this.socket.write(formatReply(reply));
  }

  #refuse(message: string): void {
    this.#reply({ kind: 'error', code: 'EINVAL', message });
    this.socket.destroySoon();
  }

  #closed(): void {
    clearTimeout(this.#timer);
    this.#cancel.abort(new RemapError('ECANCELED', 'the caller has gone'));
    this.host.onEnd();
  }
}
