import type { Needle, Wanted } from '../../src/shared/protocol';

/** How the input of the find bar is read. */
export type FindMode = 'text' | 'hex' | 'number' | 'regex';

/** What to search for, or what is wrong with the input. */
export type PatternResult = { readonly wanted: Wanted } | { readonly message: string };

/** Longest pattern. Each step of a search reads so many bytes more, to find a match that goes across its end. */
const MAX_PATTERN_BYTES = 4096;

/**
 * Hexadecimal digits as people write them: `de ad`, `DEAD`, `0xDE, 0xAD`, `\xde\xad`; `?` stands for any digit. Null for
 * anything else.
 */
function parseHexPattern(input: string): Pick<Needle, 'bytes' | 'mask'> | null {
  const digits = input
    .replace(/0x|\\x/gi, ' ')
    .replace(/[\s,;:_]+/g, ' ')
    .trim();
  if (!/^[0-9a-f? ]*$/i.test(digits)) return null;
  const bytes: number[] = [];
  const mask: number[] = [];
  for (const word of digits.split(' ').filter(Boolean)) {
    const even = word.length === 1 ? (word === '?' ? '??' : `0${word}`) : word;
    if (even.length % 2 !== 0) return null;
    for (let i = 0; i < even.length; i += 2) {
      const pair = even.slice(i, i + 2);
      bytes.push(Number.parseInt(pair.replaceAll('?', '0'), 16));
      mask.push(Number.parseInt(pair.replace(/[^?]/g, 'f').replaceAll('?', '0'), 16));
    }
  }
  const isExact = mask.every((byte) => byte === 0xff);
  return { bytes: Uint8Array.from(bytes), mask: isExact ? null : Uint8Array.from(mask) };
}

/**
 * Reads the input of the find bar. Text is looked for in every encoding that disks have it in; a number in both byte orders
 * unless one is named.
 */
export function parsePattern(input: string, mode: FindMode, matchCase: boolean): PatternResult {
  if (mode === 'regex') {
    if (input === '') return { message: 'Type a regular expression.' };
    return { wanted: { needles: [], expression: { source: input, anyCase: !matchCase } } };
  }
  const needles =
    mode === 'text'
      ? textNeedles(input, !matchCase)
      : mode === 'hex'
        ? hexNeedles(input)
        : numberNeedles(input);
  if (needles === null) return { message: WRONG[mode] };
  if (needles.every(({ bytes }) => bytes.length === 0)) return { message: EMPTY[mode] };
  if (needles.some(({ bytes }) => bytes.length > MAX_PATTERN_BYTES)) {
    return { message: `At most ${MAX_PATTERN_BYTES} bytes can be looked for.` };
  }
  return { wanted: { needles, expression: null } };
}

const EMPTY = {
  text: 'Type the text to find.',
  hex: 'Type the bytes to find.',
  number: 'Type the number to find.',
};
const WRONG = {
  text: '',
  hex: 'Type whole bytes as hexadecimal digits, such as “de ad ?? ef”; ? stands for any digit.',
  number: 'Type a number, such as 4096, 0x1000 u64, -2 i16 be or 1.5 f32.',
};

function exactly(bytes: Uint8Array): Needle {
  return { bytes, mask: null, anyCase: false };
}

function hexNeedles(input: string): Needle[] | null {
  const parsed = parseHexPattern(input);
  if (parsed === null) return null;
  if (parsed.mask?.every((byte) => byte === 0)) return null;
  return [{ ...parsed, anyCase: false }];
}

/** In UTF-8, UTF-16 of both byte orders and Latin-1. */
function textNeedles(text: string, anyCase: boolean): Needle[] {
  const units = [...text].flatMap((character) =>
    Array.from({ length: character.length }, (_, i) => character.charCodeAt(i)),
  );
  const encodings = [
    new TextEncoder().encode(text),
    Uint8Array.from(units.flatMap((unit) => [unit & 0xff, unit >> 8])),
    Uint8Array.from(units.flatMap((unit) => [unit >> 8, unit & 0xff])),
  ];
  const isLatin1 = units.some((unit) => unit > 0x7f) && units.every((unit) => unit <= 0xff);
  if (isLatin1) encodings.push(Uint8Array.from(units));
  return encodings.map((bytes) => ({ bytes, mask: null, anyCase }));
}

/** A number, and after it, in any order, a type (`u8` to `u64`, `i8` to `i64`, `f32`, `f64`) and a byte order (`le`, `be`). */
function numberNeedles(input: string): Needle[] | null {
  const [number = '', ...words] = input.trim().toLowerCase().split(/\s+/);
  if (number === '') return [];
  const orders = words.filter((word) => word === 'le' || word === 'be');
  const types = words.filter((word) => /^(?:[ui](?:8|16|32|64)|f32|f64)$/.test(word));
  if (orders.length + types.length !== words.length || orders.length > 1 || types.length > 1) return null;
  const encode = encoderOf(number, types[0]);
  if (encode === null) return null;
  return (orders[0] ? [orders[0] === 'le'] : [true, false]).map((isLittle) => exactly(encode(isLittle)));
}

/** Gives the bytes of a number in one byte order; null if the number doesn't fit the type. */
function encoderOf(number: string, type: string | undefined): ((isLittle: boolean) => Uint8Array) | null {
  const whole = wholeNumber(number);
  if (whole === null || type?.startsWith('f')) return floatEncoder(number, type);
  const name = type ?? (fits(whole, 'i32') || fits(whole, 'u32') ? 'u32' : 'u64');
  if (type ? !fits(whole, name) : !(fits(whole, 'i64') || fits(whole, 'u64'))) return null;
  const byteCount = Number(name.slice(1)) / 8;
  return (isLittle) => {
    const bytes = new DataView(new ArrayBuffer(8));
    bytes.setBigUint64(0, BigInt.asUintN(8 * byteCount, whole), true);
    const little = new Uint8Array(bytes.buffer, 0, byteCount);
    return isLittle ? little : little.reverse();
  };
}

function wholeNumber(number: string): bigint | null {
  const match = /^(-?)(\d+|0x[0-9a-f]+)$/.exec(number);
  return match && (match[1] ? -BigInt(match[2]!) : BigInt(match[2]!));
}

function fits(whole: bigint, type: string): boolean {
  const bits = Number(type.slice(1));
  return (type.startsWith('i') ? BigInt.asIntN(bits, whole) : BigInt.asUintN(bits, whole)) === whole;
}

function floatEncoder(number: string, type = 'f64'): ((isLittle: boolean) => Uint8Array) | null {
  const value = Number(number);
  if (!type.startsWith('f') || !/^[-+.\de]+$/.test(number) || !Number.isFinite(value)) return null;
  return (isLittle) => {
    const bytes = new DataView(new ArrayBuffer(type === 'f32' ? 4 : 8));
    if (type === 'f32') bytes.setFloat32(0, value, isLittle);
    else bytes.setFloat64(0, value, isLittle);
    return new Uint8Array(bytes.buffer);
  };
}
