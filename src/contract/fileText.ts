import { type ContentsRead, SECTOR_SIZE } from '../engine';
import { formatSectors } from './reportText';
import { formatCount } from './wording';

/** A file's contents, or the beginning of them. */
interface ShownContents extends ContentsRead {
  /** Of the file, in bytes; `bytes` may have less of it, or zeros after it. */
  readonly size: number;
}

/** The contents of a file for people: text as it is, other bytes as hexadecimal. What can't be read is marked in its place. */
export function formatContents({ bytes, unreadable, size }: ShownContents): string {
  const shown = bytes.subarray(0, Math.min(size, bytes.length));
  const text = asText(shown, unreadable);
  const content = text ?? formatSectors(0, bytes, { failed: unreadable, notRescued: [] });
  const rest = size - shown.length;
  return rest > 0
    ? `${content}\n[${formatCount(rest)} more bytes are not shown: save the file to have them]\n`
    : content;
}

/** The bytes as text with the unreadable parts in words; undefined where they are no text. */
function asText(bytes: Uint8Array, unreadable: ContentsRead['unreadable']): string | undefined {
  let text = '';
  let at = 0;
  for (const [first, count] of [...unreadable, [Math.ceil(bytes.length / SECTOR_SIZE), 0] as const]) {
    const from = Math.min(first * SECTOR_SIZE, bytes.length);
    const end = Math.min((first + count) * SECTOR_SIZE, bytes.length);
    const run = new TextDecoder().decode(bytes.subarray(at, from));
    // A run may begin and end within a character.
    if (/[\0\ufffd]/.test(run.replace(/^\ufffd{1,3}|\ufffd{1,3}$/g, ''))) return undefined;
    text += run;
    if (end > from)
      text += `\n[${formatCount(end - from)} bytes from byte ${formatCount(from)} on can't be read]\n`;
    at = end;
  }
  return text;
}
