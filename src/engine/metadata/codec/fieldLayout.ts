/** How a field's bytes are to be understood; `text` is for display only, its value is the bytes. */
type FieldType = 'u8' | 'u16' | 'u32' | 'u48' | 'u64' | 'bytes' | 'text';

/** One field of a structure on disk. Offsets are bytes from the structure's start; numbers are little-endian. */
export interface Field {
  readonly name: string;
  readonly byteOffset: number;
  readonly byteLength: number;
  readonly type: FieldType;
}

/** How one kind of field is read and written. `put` throws a `RangeError` for a value that doesn't fit. */
export interface FieldCodec<Value> {
  readonly type: FieldType;
  readonly byteLength: number;
  get(view: DataView, byteOffset: number): Value;
  put(view: DataView, byteOffset: number, value: Value): void;
}

const TWO_32 = 2 ** 32;

function unsigned(
  type: FieldType,
  byteLength: number,
  get: (view: DataView, byteOffset: number) => number,
  put: (view: DataView, byteOffset: number, value: number) => void,
): FieldCodec<number> {
  const limit = 2 ** (8 * byteLength);
  return {
    type,
    byteLength,
    get,
    put(view, byteOffset, value) {
      if (!Number.isInteger(value) || value < 0 || value >= limit) {
        throw new RangeError(`${value} does not fit in ${8 * byteLength} bits`);
      }
      put(view, byteOffset, value);
    },
  };
}

export const u8 = unsigned(
  'u8',
  1,
  (view, at) => view.getUint8(at),
  (view, at, value) => view.setUint8(at, value),
);

export const u16 = unsigned(
  'u16',
  2,
  (view, at) => view.getUint16(at, true),
  (view, at, value) => view.setUint16(at, value, true),
);

export const u32 = unsigned(
  'u32',
  4,
  (view, at) => view.getUint32(at, true),
  (view, at, value) => view.setUint32(at, value, true),
);

/** Wide enough for every sector of a 128 PiB disk, and exact as a `number`. */
export const u48 = unsigned(
  'u48',
  6,
  (view, at) => view.getUint32(at, true) + view.getUint16(at + 4, true) * TWO_32,
  (view, at, value) => {
    view.setUint32(at, value % TWO_32, true);
    view.setUint16(at + 4, Math.floor(value / TWO_32), true);
  },
);

export const u64: FieldCodec<bigint> = {
  type: 'u64',
  byteLength: 8,
  get: (view, at) => view.getBigUint64(at, true),
  put(view, at, value) {
    if (BigInt.asUintN(64, value) !== value) throw new RangeError(`${value} does not fit in 64 bits`);
    view.setBigUint64(at, value, true);
  },
};

/** A run of bytes; shorter values are padded with zeros. */
export function bytes(byteLength: number, type: 'bytes' | 'text' = 'bytes'): FieldCodec<Uint8Array> {
  return {
    type,
    byteLength,
    get: (view, at) => new Uint8Array(view.buffer, view.byteOffset + at, byteLength).slice(),
    put(view, at, value) {
      if (value.length > byteLength)
        throw new RangeError(`${value.length} bytes do not fit in ${byteLength}`);
      const target = new Uint8Array(view.buffer, view.byteOffset + at, byteLength);
      target.fill(0);
      target.set(value);
    },
  };
}

/** A character array. Its value stays bytes, so that those after the terminator survive a rewrite. */
export const text = (byteLength: number): FieldCodec<Uint8Array> => bytes(byteLength, 'text');

/** The characters of a {@link text} field: up to the first NUL, without the spaces that pad it. */
export function textOf(value: Uint8Array): string {
  const end = value.indexOf(0);
  return new TextDecoder().decode(end < 0 ? value : value.subarray(0, end)).trimEnd();
}

type Shape = {
  readonly [name: string]:
    | FieldCodec<never>
    | FieldCodec<number>
    | FieldCodec<bigint>
    | FieldCodec<Uint8Array>;
};
type ValueOf<Codec> = Codec extends FieldCodec<infer Value> ? Value : never;

/** The values of a structure, by field name. */
type Values<S extends Shape> = { -readonly [Name in keyof S]: ValueOf<S[Name]> };

/** A structure on disk: fields one after the other, without gaps (padding is a field of its own, and preserved). */
export interface Layout<S extends Shape> {
  readonly byteLength: number;
  readonly fields: readonly Field[];
  /** Byte offset of a field from the structure's start. */
  offsetOf(name: keyof S & string): number;
  get<Name extends keyof S & string>(bytes: Uint8Array, name: Name, base?: number): ValueOf<S[Name]>;
  put<Name extends keyof S & string>(
    bytes: Uint8Array,
    name: Name,
    value: ValueOf<S[Name]>,
    base?: number,
  ): void;
  decode(bytes: Uint8Array, base?: number): Values<S>;
  /** Writes the given fields; those left out keep their bytes. */
  encode(values: Partial<Values<S>>, bytes: Uint8Array, base?: number): void;
}

/** Builds a {@link Layout} from field codecs in the order in which they stand on disk. */
export function layout<const S extends Shape>(shape: S): Layout<S> {
  const fields: Field[] = [];
  const offsets = new Map<string, number>();
  let byteLength = 0;
  for (const [name, codec] of Object.entries(shape)) {
    fields.push({ name, byteOffset: byteLength, byteLength: codec.byteLength, type: codec.type });
    offsets.set(name, byteLength);
    byteLength += codec.byteLength;
  }
  const codecOf = (name: string) => shape[name] as FieldCodec<unknown>;
  const offsetOf = (name: string) => offsets.get(name)!;
  return {
    byteLength,
    fields,
    offsetOf,
    get: (source, name, base = 0) =>
      codecOf(name).get(viewOf(source), base + offsetOf(name)) as ValueOf<S[typeof name]>,
    put: (target, name, value, base = 0) => codecOf(name).put(viewOf(target), base + offsetOf(name), value),
    decode(source, base = 0) {
      const view = viewOf(source);
      const values: Record<string, unknown> = {};
      for (const { name, byteOffset } of fields) values[name] = codecOf(name).get(view, base + byteOffset);
      return values as Values<S>;
    },
    encode(values, target, base = 0) {
      const view = viewOf(target);
      for (const [name, value] of Object.entries(values))
        codecOf(name).put(view, base + offsetOf(name), value);
    },
  };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Whether all bytes are 0; a comparison in native code, since metadata areas are checked whole. */
export function isZero(bytes: Uint8Array): boolean {
  return Buffer.compare(bytes, new Uint8Array(bytes.length)) === 0;
}
