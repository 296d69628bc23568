import { type FindFunctions, findFunctions, LOOKS_BEYOND } from './findProgram';

/** What a search needs room for. */
interface Room {
  /** Of what is looked for. */
  readonly patternBytes: number;
  /** Of what is read at once. */
  readonly bufferBytes: number;
}

/** Those that reads go into, and those that are looked at meanwhile. More of them fall out of the processor’s cache. */
const BUFFERS = 6;
const PAGE_BYTES = 65_536;

/** Room that is enough for nearly every search. */
const USUAL: Room = { patternBytes: PAGE_BYTES, bufferBytes: (2 << 20) + PAGE_BYTES };

/**
 * The memory of one search: what it looks for, and buffers that its reads go into. The program that finds bytes looks at
 * them where they are, in this thread or in another one.
 *
 * Memory for WebAssembly goes back to the system late, so that the next search uses it again. It is in use until its owner
 * and all that it was held for are done: a read that goes on after a search was cancelled writes into no other search.
 */
export class SearchMemory {
  static readonly #idle: SearchMemory[] = [];
  readonly #bytes: Uint8Array;
  #functions: FindFunctions | null = null;
  #kept = 0;
  #users = 0;

  /** Memory of this thread, with room for what is looked for, and for reads of so many bytes. */
  static take(patternBytes: number, bufferBytes: number): SearchMemory {
    const isUsual = patternBytes <= USUAL.patternBytes && bufferBytes <= USUAL.bufferBytes;
    const idle = isUsual ? SearchMemory.#idle.pop() : undefined;
    const memory = idle ?? SearchMemory.#allocate(isUsual ? USUAL : { patternBytes, bufferBytes });
    memory.#kept = 0;
    memory.#users = 1;
    return memory;
  }

  static #allocate(room: Room): SearchMemory {
    const byteCount = room.patternBytes + BUFFERS * room.bufferBytes + LOOKS_BEYOND;
    const pages = Math.ceil(byteCount / PAGE_BYTES);
    return new SearchMemory(new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true }), room);
  }

  /** @param shared that of a search in another thread */
  constructor(
    readonly shared: WebAssembly.Memory,
    private readonly room: Room = USUAL,
  ) {
    this.#bytes = new Uint8Array(shared.buffer);
  }

  get functions(): FindFunctions {
    this.#functions ??= findFunctions(this.shared);
    return this.#functions;
  }

  get bufferCount(): number {
    return BUFFERS;
  }

  buffer(index: number): Uint8Array {
    const { patternBytes, bufferBytes } = this.room;
    const start = patternBytes + index * bufferBytes;
    return this.#bytes.subarray(start, start + bufferBytes);
  }

  view(place: number, byteCount: number): Buffer {
    return Buffer.from(this.shared.buffer, place, byteCount);
  }

  /** Keeps bytes of what is looked for. @returns their place. Threads that keep the same have it at the same places. */
  keep(bytes: Uint8Array): number {
    const place = this.#kept;
    this.#bytes.set(bytes, place);
    this.#kept += bytes.length;
    return place;
  }

  /** It is in use until the work has ended. */
  holdFor(work: Promise<unknown>): void {
    this.#users++;
    const done = () => this.release();
    work.then(done, done);
  }

  /** Its owner, or one that held it, is done. */
  release(): void {
    if (--this.#users === 0 && this.room === USUAL) SearchMemory.#idle.push(this);
  }
}
