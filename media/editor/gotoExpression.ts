import { type GoToTarget, SECTOR_SIZE } from '../../src/shared/protocol';

/** Where the input of the "go to" box leads, or what is wrong with it. */
export type GotoResult =
  | { readonly ok: true; readonly byteOffset: number }
  | { readonly ok: true; readonly target: GoToTarget }
  | { readonly ok: false; readonly message: string };

const TOKEN = /\s*(0x[0-9a-f_]+|\d[\d_,]*|[+\-*])/iy;

function fail(message: string): GotoResult {
  return { ok: false, message };
}

function parseNumber(token: string): number {
  return Number(token.replace(/[_,]/g, ''));
}

/** The value of a sum of products, or null if it isn't one; a sign in front makes it relative. */
function evaluate(source: string): { value: number; relative: boolean } | null {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  for (let match = TOKEN.exec(source); match; match = TOKEN.exec(source)) {
    tokens.push(match[1]!);
    if (source.slice(TOKEN.lastIndex).trim() === '') break;
  }
  if (tokens.length === 0 || source.slice(TOKEN.lastIndex).trim() !== '') return null;

  const relative = tokens[0] === '+' || tokens[0] === '-';
  if (!relative) tokens.unshift('+');
  let sum = 0;
  let product = 0;
  for (let i = 0; i < tokens.length; i += 2) {
    const operator = tokens[i]!;
    const token = tokens[i + 1];
    if (!/^[+\-*]$/.test(operator) || token === undefined || !/^\d/.test(token)) return null;
    const value = parseNumber(token);
    if (operator === '*') {
      product *= value;
    } else {
      sum += product;
      product = operator === '-' ? -value : value;
    }
  }
  return { value: sum + product, relative };
}

/**
 * Reads the input of the "go to" box: a sector (`1000`, `0x3E8`), an expression (`1000+8`, `2*256`), a distance from
 * the cursor (`+8`, `-1`), `start`, `end`, or any of them with `byte` before it; or a bookmark (`bookmark boot`), a marker or
 * a remap entry (`marker 3`), which the extension knows.
 *
 * @param cursor the byte offset that distances count from
 * @param sectorSize in sectors of how many bytes sectors are counted
 */
export function parseGoto(
  input: string,
  byteCount: number,
  cursor: number,
  sectorSize = SECTOR_SIZE,
): GotoResult {
  if (byteCount === 0) return fail('There is nothing to go to: the view is empty.');
  const target = parseTarget(input.trim());
  if (target) return target;
  const prefix = /^(sector|byte|s|b)(?![a-z0-9])/i.exec(input.trim());
  const unit = prefix?.[1]?.toLowerCase().startsWith('b') ? 'byte' : 'sector';
  const size = unit === 'byte' ? 1 : sectorSize;
  const source = input
    .trim()
    .slice(prefix?.[0].length ?? 0)
    .trim();
  const last = Math.floor((byteCount - 1) / size);

  if (/^(start|first)$/i.test(source)) return { ok: true, byteOffset: 0 };
  if (/^(end|last)$/i.test(source)) return { ok: true, byteOffset: last * size };
  if (source === '') return fail('Type a sector, such as 1000, 0x3E8 or +8, or “byte 0x7D000”.');
  const result = evaluate(source);
  if (result === null) return fail(`“${source}” is not a ${unit}: type 1000, 0x3E8, 1000+8, +8 or end.`);

  const index = result.value + (result.relative ? Math.floor(cursor / size) : 0);
  if (index < 0) return fail(`That is before ${unit} 0.`);
  if (!Number.isSafeInteger(index) || index > last) return fail(`The last ${unit} is ${last}.`);
  return { ok: true, byteOffset: index * size };
}

/** Reads what isn't a number; null: it begins with none of the words for that. */
function parseTarget(input: string): GotoResult | null {
  const match = /^(bookmark|marker|remap)(?![a-z0-9])\s*(.*)$/i.exec(input);
  if (!match) return null;
  const kind = match[1]!.toLowerCase() as GoToTarget['kind'];
  const which = match[2]!;
  if (kind === 'bookmark') {
    return which === ''
      ? fail('Type the bookmark’s name after it.')
      : { ok: true, target: { kind, name: which } };
  }
  const number = /^\d+$/.test(which) ? Number(which) : 0;
  if (number < 1 || !Number.isSafeInteger(number))
    return fail(`Type a number after it: “${kind} 1” is the first one.`);
  return { ok: true, target: { kind, number } };
}
