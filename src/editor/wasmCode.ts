/** Bytes of a WebAssembly module, as pieces that are put one after the other. */
export type Code = number | readonly Code[];

/** What WebAssembly calls a local variable or parameter, by its number. */
export type Local = number;

export interface WasmFunction {
  readonly paramCount: number;
  readonly intCount: number;
  readonly vectorCount: number;
  readonly body: Code;
}

const I32 = 0x7f;
const V128 = 0x7b;
const NO_RESULT = 0x40;

/** The instructions that we use, as the WebAssembly specification numbers them. Integers have 32 bits, vectors 128. */
export const op = {
  isZero: 0x45,
  lessUnsigned: 0x49,
  notLessUnsigned: 0x4f,
  countTrailingZeros: 0x68,
  add: 0x6a,
  subtract: 0x6b,
  and: 0x71,
  xor: 0x73,
  return: 0x0f,
  loadByte: [0x2d, 0, 0],
  fillVector: vectorOp(15),
  equalBytes: vectorOp(35),
  andVectors: vectorOp(78),
  orVectors: vectorOp(80),
  anyBit: vectorOp(83),
  highBits: vectorOp(100),
} as const;

export const get = (local: Local): Code => [0x20, unsigned(local)];
export const set = (local: Local): Code => [0x21, unsigned(local)];
/** Sets it, and leaves the value on the stack. */
export const tee = (local: Local): Code => [0x22, unsigned(local)];
export const int = (value: number): Code => [0x41, signed(value)];
export const loadVector = (offset: number): Code => [vectorOp(0), 0, unsigned(offset)];

/** A branch out of a block goes to its end; one out of a loop, to its start. */
export const block = (...body: readonly Code[]): Code => [0x02, NO_RESULT, body, 0x0b];
export const loop = (...body: readonly Code[]): Code => [0x03, NO_RESULT, body, 0x0b];
/** @param depth how many blocks and loops stand between: 0 is the innermost */
export const branch = (depth: number): Code => [0x0c, unsigned(depth)];
export const branchIf = (depth: number): Code => [0x0d, unsigned(depth)];

/** A module of functions on integers over one shared memory, which it imports as `memory.shared`. */
export function moduleOf(functions: Readonly<Record<string, WasmFunction>>): Uint8Array<ArrayBuffer> {
  const all = Object.values(functions);
  const types = all.map(({ paramCount }) => [0x60, list(Array(paramCount).fill(I32)), list([I32])]);
  const memory = [name('memory'), name('shared'), 0x02, 0x03, unsigned(1), unsigned(65_536)];
  const exports = Object.keys(functions).map((each, index) => [name(each), 0x00, unsigned(index)]);
  const bodies = all.map(({ intCount, vectorCount, body }) =>
    sized([2, unsigned(intCount), I32, unsigned(vectorCount), V128, body, 0x0b]),
  );
  const sections: readonly (readonly [id: number, items: readonly Code[]])[] = [
    [1, types],
    [2, [memory]],
    [3, all.map((_, index) => unsigned(index))],
    [7, exports],
    [10, bodies],
  ];
  const header = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
  return Uint8Array.from(flat([header, sections.map(([id, items]) => [id, sized(list(items))])]));
}

function vectorOp(number: number): Code {
  return [0xfd, unsigned(number)];
}

function list(items: readonly Code[]): Code {
  return [unsigned(items.length), items];
}

function sized(code: Code): Code {
  const bytes = flat(code);
  return [unsigned(bytes.length), bytes];
}

function name(text: string): Code {
  return sized([...Buffer.from(text)]);
}

function flat(code: Code): number[] {
  return typeof code === 'number' ? [code] : code.flatMap(flat);
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const isLast = value >= -0x40 && value < 0x40;
  return isLast ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}
