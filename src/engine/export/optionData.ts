import { MAX_STRING_BYTES } from './wire';

/** The data of an INFO or GO option. */
export interface InfoRequest {
  readonly name: string;
  /** The infos that the client asks for; it may ask for some that we don't know. */
  readonly infos: ReadonlySet<number>;
}

/** The data of a LIST_META_CONTEXT or SET_META_CONTEXT option. */
export interface ContextRequest {
  readonly name: string;
  readonly queries: readonly string[];
}

/** Reads the data of INFO and GO; null: they are not what they must be. */
export function parseInfoRequest(data: Buffer): InfoRequest | null {
  const reader = new DataReader(data);
  const name = reader.string();
  const count = reader.uint16();
  if (name === null || count === null || reader.left !== count * 2) return null;
  const infos = new Set<number>();
  for (let i = 0; i < count; i++) infos.add(reader.uint16()!);
  return { name, infos };
}

/** Reads the data of options about contexts; null: they are not what they must be. */
export function parseContextRequest(data: Buffer): ContextRequest | null {
  const reader = new DataReader(data);
  const name = reader.string();
  const count = reader.uint32();
  if (name === null || count === null) return null;
  const queries: string[] = [];
  for (let i = 0; i < count; i++) {
    const query = reader.string();
    if (query === null) return null;
    queries.push(query);
  }
  return reader.left === 0 ? { name, queries } : null;
}

/** Takes numbers and strings from the data of an option. Each answers null where the data end too early. */
class DataReader {
  #at = 0;

  constructor(private readonly data: Buffer) {}

  get left(): number {
    return this.data.length - this.#at;
  }

  uint16(): number | null {
    if (this.left < 2) return null;
    this.#at += 2;
    return this.data.readUInt16BE(this.#at - 2);
  }

  uint32(): number | null {
    if (this.left < 4) return null;
    this.#at += 4;
    return this.data.readUInt32BE(this.#at - 4);
  }

  /** A length and so many bytes. Null also for a string that is longer than the protocol has any. */
  string(): string | null {
    const length = this.uint32();
    if (length === null || length > MAX_STRING_BYTES || length > this.left) return null;
    this.#at += length;
    return this.data.toString('utf8', this.#at - length, this.#at);
  }
}
