import { connect, type Socket } from 'node:net';
import type { Task } from '../../contract/task';
import { type ErrorCode, RemapError } from '../../engine';
import { LineReader } from './lines';
import { type ControlReply, type ControlRequest, formatRequest, parseGreeting, parseReply } from './messages';
import { controlPlace, requirePrivate } from './place';

/** No serve listens there: there is none, or it was killed. */
const NOT_THERE: ReadonlySet<string> = new Set(['ENOENT', 'ECONNREFUSED']);
const GREETING_MS = 10_000;

/** A serve that was reached, which has a device; it waits for one request. */
export class Serve {
  /** Its process. */
  readonly pid: number;
  readonly #socket: Socket;
  readonly #lines: Lines;

  private constructor(socket: Socket, lines: Lines, pid: number) {
    this.#socket = socket;
    this.#lines = lines;
    this.pid = pid;
  }

  /**
   * Reaches the serve that has a device.
   * @param deviceFile its real path
   * @returns undefined when there is none
   * @throws RemapError `EACCES` when the folder of the sockets isn't private, `EBUSY` when the serve doesn't answer,
   * `EINVAL` when it is of another release; the system's error
   */
  static async find(deviceFile: string): Promise<Serve | undefined> {
    const { folder, socket: path } = controlPlace(deviceFile);
    if (folder !== null && !(await requirePrivate(folder))) return undefined;
    const socket = await connectTo(path);
    if (!socket) return undefined;
    try {
      const lines = new Lines(socket);
      return new Serve(socket, lines, parseGreeting(await greeting(lines, deviceFile)));
    } catch (error) {
      socket.destroy();
      throw error;
    }
  }

  /** Has the request carried out there. @throws RemapError as the command, `EIO` when the serve ends meanwhile */
  async ask(request: ControlRequest, { signal, report }: Task): Promise<unknown> {
    const cancel = () => this.#socket.destroy();
    signal.addEventListener('abort', cancel);
    try {
      if (signal.aborted) throw cancelled();
      this.#socket.write(formatRequest(request));
      for (;;) {
        const line = await this.#lines.next();
        if (line === null) throw signal.aborted ? cancelled() : gone(request.deviceFile);
        const reply: ControlReply = parseReply(line);
        if (reply.kind === 'result') return reply.result;
        if (reply.kind === 'error') throw new RemapError(reply.code as ErrorCode, reply.message);
        report(reply.text, reply.fraction);
      }
    } finally {
      signal.removeEventListener('abort', cancel);
      this.close();
    }
  }

  /** Gives the connection up. */
  close(): void {
    this.#socket.destroy();
  }
}

/** The lines of a connection, one after the other. */
class Lines {
  readonly #lines: string[] = [];
  #isClosed = false;
  #wake: () => void = () => undefined;

  constructor(socket: Socket) {
    new LineReader(
      socket,
      (line) => {
        this.#lines.push(line);
        this.#wake();
      },
      () => true,
    );
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  /** The next line; null: the connection is closed. */
  async next(): Promise<string | null> {
    while (this.#lines.length === 0 && !this.#isClosed) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    return this.#lines.shift() ?? null;
  }
}

function connectTo(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => {
      socket.removeAllListeners('error');
      resolve(socket);
    });
    socket.once('error', (error: NodeJS.ErrnoException) => {
      if (NOT_THERE.has(error.code ?? '')) resolve(undefined);
      else reject(error);
    });
  });
}

async function greeting(lines: Lines, deviceFile: string): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), GREETING_MS);
  });
  const line = await Promise.race([lines.next(), timeout]).finally(() => clearTimeout(timer));
  if (line !== null) return line;
  throw new RemapError('EBUSY', `the serve that has ${deviceFile} does not answer`, { path: deviceFile });
}

function cancelled(): RemapError {
  return new RemapError('ECANCELED', 'cancelled');
}

function gone(deviceFile: string): RemapError {
  return new RemapError('EIO', `the serve that had ${deviceFile} ended before it answered`, {
    path: deviceFile,
  });
}
