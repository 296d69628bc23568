import { connect, type Socket } from 'node:net';

/** A reply to an option. */
export interface OptionReplyParts {
  readonly option: number;
  readonly type: number;
  readonly data: Buffer;
}

/** A request to be sent; `payload` may have any length, whatever `length` says. */
export interface RawRequest {
  readonly command: number;
  readonly offset?: number | bigint;
  readonly length?: number;
  readonly flags?: number;
  readonly cookie?: bigint;
  readonly payload?: Buffer;
  readonly magic?: number;
}

export interface SimpleReply {
  readonly errno: number;
  readonly cookie: bigint;
}

export interface Chunk {
  readonly flags: number;
  readonly type: number;
  readonly cookie: bigint;
  readonly payload: Buffer;
}

const IHAVEOPT = 0x49484156454f5054n;

/** An NBD client that sends any bytes, and knows nothing of our sources: the numbers are those of the specification. */
export class RawClient {
  readonly #socket: Socket;
  #received = Buffer.alloc(0);
  #isClosed = false;
  #wake: (() => void) | null = null;

  constructor(address: { readonly path: string } | { readonly port: number }) {
    this.#socket = connect(address);
    this.#socket.on('data', (chunk: Buffer) => {
      this.#received = Buffer.concat([this.#received, chunk]);
      this.#wake?.();
    });
    this.#socket.on('error', () => undefined);
    for (const event of ['end', 'close']) {
      this.#socket.on(event, () => {
        this.#isClosed = true;
        this.#wake?.();
      });
    }
  }

  send(...parts: Buffer[]): void {
    this.#socket.write(Buffer.concat(parts));
  }

  /** Stops and starts to take what the server sends. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Goes without a word. */
  vanish(): void {
    this.#socket.destroy();
  }

  /** Sends no more, and still takes what comes. */
  endSending(): void {
    this.#socket.end();
  }

  /** The next bytes that the server sends. Rejects if it closes before. */
  async take(byteCount: number): Promise<Buffer> {
    while (this.#received.length < byteCount) {
      if (this.#isClosed) throw new Error(`closed after ${this.#received.length} of ${byteCount} bytes`);
      await this.#more();
    }
    const bytes = this.#received.subarray(0, byteCount);
    this.#received = this.#received.subarray(byteCount);
    return bytes;
  }

  /** Resolves when the server has closed the connection, to what it sent before that was not taken. */
  async closed(): Promise<Buffer> {
    while (!this.#isClosed) await this.#more();
    return this.#received;
  }

  /** Waits for what comes next. One reader at a time: two would take parts of each other's replies. */
  async #more(): Promise<void> {
    if (this.#wake) throw new Error('the client is read in two places at once');
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = null;
  }

  /** Takes the server's hello and answers it. */
  async hello(clientFlags = 3): Promise<Buffer> {
    const hello = await this.take(18);
    this.send(uint32(clientFlags));
    return hello;
  }

  sendOption(
    option: number,
    data: Buffer = Buffer.alloc(0),
    { length = data.length, magic = IHAVEOPT } = {},
  ): void {
    const header = Buffer.alloc(16);
    header.writeBigUInt64BE(magic);
    header.writeUInt32BE(option, 8);
    header.writeUInt32BE(length, 12);
    this.send(header, data);
  }

  /** Sends an option, and takes the replies up to the last one. */
  async option(option: number, data?: Buffer): Promise<OptionReplyParts[]> {
    this.sendOption(option, data);
    const replies: OptionReplyParts[] = [];
    for (;;) {
      const header = await this.take(20);
      if (header.readBigUInt64BE() !== 0x3e889045565a9n) throw new Error('not the reply of an option');
      const type = header.readUInt32BE(12);
      const data = await this.take(header.readUInt32BE(16));
      replies.push({ option: header.readUInt32BE(8), type, data });
      if (type === 1 || type >= 2 ** 31) return replies;
    }
  }

  /** Haggles up to the transmission. */
  async open(
    name = '',
    { structured = true, contexts = [] as readonly string[] } = {},
  ): Promise<{ size: bigint; flags: number }> {
    await this.hello();
    if (structured) await this.option(8);
    if (contexts.length > 0) await this.option(10, contextData(name, contexts));
    const replies = await this.option(7, infoData(name));
    const info = replies.find(({ type }) => type === 3)?.data;
    if (!info) throw new Error(`GO was refused with ${replies.at(-1)?.type}`);
    return { size: info.readBigUInt64BE(2), flags: info.readUInt16BE(10) };
  }

  request(request: RawRequest): void {
    this.send(requestBytes(request), request.payload ?? Buffer.alloc(0));
  }

  async simpleReply(): Promise<SimpleReply> {
    const header = await this.take(16);
    if (header.readUInt32BE() !== 0x67446698) throw new Error(`no simple reply: ${header.toString('hex')}`);
    return { errno: header.readUInt32BE(4), cookie: header.readBigUInt64BE(8) };
  }

  async chunk(): Promise<Chunk> {
    const header = await this.take(20);
    if (header.readUInt32BE() !== 0x668e33ef) throw new Error(`no chunk: ${header.toString('hex')}`);
    const payload = await this.take(header.readUInt32BE(16));
    const [flags, type] = [header.readUInt16BE(4), header.readUInt16BE(6)];
    return { flags, type, cookie: header.readBigUInt64BE(8), payload };
  }

  /** The chunks of one reply, up to its last one. */
  async chunks(): Promise<Chunk[]> {
    const chunks: Chunk[] = [];
    for (;;) {
      const chunk = await this.chunk();
      chunks.push(chunk);
      if ((chunk.flags & 1) !== 0) return chunks;
    }
  }
}

export function requestBytes({
  command,
  offset = 0,
  length = 0,
  flags = 0,
  cookie = 1n,
  magic = 0x25609513,
}: RawRequest): Buffer {
  const bytes = Buffer.alloc(28);
  bytes.writeUInt32BE(magic);
  bytes.writeUInt16BE(flags, 4);
  bytes.writeUInt16BE(command, 6);
  bytes.writeBigUInt64BE(cookie, 8);
  bytes.writeBigUInt64BE(BigInt(offset), 16);
  bytes.writeUInt32BE(length, 24);
  return bytes;
}

export function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

/** A string as options have it: its length before it. */
export function wireString(text: string): Buffer {
  return Buffer.concat([uint32(Buffer.byteLength(text)), Buffer.from(text)]);
}

export function infoData(name: string, infos: readonly number[] = []): Buffer {
  return Buffer.concat([wireString(name), uint16(infos.length), ...infos.map(uint16)]);
}

export function contextData(name: string, queries: readonly string[]): Buffer {
  return Buffer.concat([wireString(name), uint32(queries.length), ...queries.map(wireString)]);
}
