/** How the input of the find bar is read. */
export type FindMode = 'hex' | 'text';

/** The bytes to search for, or what is wrong with the input. */
export type PatternResult = { readonly pattern: Uint8Array } | { readonly message: string };

/** Longest pattern. Each step of a search reads so many bytes more, to find a match that goes across its end. */
const MAX_PATTERN_BYTES = 4096;

/** Hexadecimal digits as people write them: `de ad`, `DEAD`, `0xDE, 0xAD`, `\xde\xad`. Null for anything else. */
export function parseHex(input: string): Uint8Array | null {
  const digits = input
    .replace(/0x|\\x/gi, ' ')
    .replace(/[\s,;:_]+/g, ' ')
    .trim();
  if (!/^[0-9a-f ]*$/i.test(digits)) return null;
  const values: number[] = [];
  for (const word of digits.split(' ').filter(Boolean)) {
    const even = word.length === 1 ? `0${word}` : word;
    if (even.length % 2 !== 0) return null;
    for (let i = 0; i < even.length; i += 2) values.push(Number.parseInt(even.slice(i, i + 2), 16));
  }
  return Uint8Array.from(values);
}

/** Reads the input of the find bar. */
export function parsePattern(input: string, mode: FindMode): PatternResult {
  const pattern = mode === 'text' ? new TextEncoder().encode(input) : parseHex(input);
  if (pattern === null) return { message: 'Type whole bytes as hexadecimal digits, such as “de ad be ef”.' };
  if (pattern.length === 0)
    return { message: mode === 'hex' ? 'Type the bytes to find.' : 'Type the text to find.' };
  if (pattern.length > MAX_PATTERN_BYTES)
    return { message: `At most ${MAX_PATTERN_BYTES} bytes can be looked for.` };
  return { pattern };
}
