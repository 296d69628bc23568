import { encodeText } from '../../src/shared/encodedText';
import { readPasted } from '../../src/shared/pasted/pastedBytes';
import { type EditKind, MAX_EDIT_BYTES, SECTOR_SIZE } from '../../src/shared/protocol';
import { type Column, type Cursor, placedAt, selectionOf } from './cursor';
import type { OpenView } from './openView';
import type { TextEncoding } from './textCells';

/** What editing needs of the editor. */
export interface EditingContext {
  open(): OpenView | null;
  setCursor(cursor: Cursor): void;
  /** What the text column reads the bytes as. */
  textEncoding(): TextEncoding;
  /** Sends bytes of a view to the document. */
  sendEdit(open: OpenView, byteOffset: number, bytes: Uint8Array, how: EditKind): void;
  /** What is pasted may have several forms: has the person asked for the one that is meant. */
  askForForm(): void;
  /** Shows a sentence to the person. */
  say(message: string): void;
}

const NOT_IN_LATIN1 = 'Latin-1 has no such character: choose another encoding of the text column.';

/** A byte of which the first digit was typed: shown, but not sent to the document before it is whole. */
interface HalfByte {
  readonly open: OpenView;
  readonly byteOffset: number;
  /** With the digit in its upper half, and what was there before in the lower one. */
  readonly value: number;
}

/**
 * Overwrites bytes at the cursor, or from the start of the selection on: digits in the hex column, characters in the text
 * column. A view never changes its size. What can't be edited is refused with a sentence.
 */
export class Editing {
  /** Set exactly while the cursor is between two digits. */
  #half: HalfByte | null = null;
  #typedAt = Number.NEGATIVE_INFINITY;

  constructor(private readonly context: EditingContext) {}

  /** When something was typed last, by `performance.now`. */
  get typedAt(): number {
    return this.#typedAt;
  }

  /** Overwrites with a typed character. @returns false if the column has no use for it */
  type(character: string): boolean {
    const open = this.context.open();
    if (!open) return false;
    this.#typedAt = performance.now();
    if (open.cursor.column === 'hex') {
      if (!/^[0-9a-f]$/i.test(character)) return false;
      this.#typeDigit(open, Number.parseInt(character, 16));
      return true;
    }
    const bytes = encodeText(character, this.context.textEncoding());
    const { start } = selectionOf(open.cursor);
    if (bytes === null) this.context.say(NOT_IN_LATIN1);
    else if (this.#overwrite(open, start, bytes)) {
      this.context.setCursor(placedAt(open.cursor, start + bytes.length));
    }
    return true;
  }

  /** The cursor or the focus goes elsewhere, or the bytes are used: a byte that is typed half is an edit now. */
  endByte(): void {
    const half = this.#takeHalf();
    if (half) this.context.sendEdit(half.open, half.byteOffset, Uint8Array.of(half.value), 'typed');
  }

  /** Takes the first digit of a byte back. @returns false if there is none */
  takeDigitBack(): boolean {
    const half = this.#takeHalf();
    if (!half) return false;
    const { open, byteOffset } = half;
    open.cache.invalidate([[Math.floor(byteOffset / SECTOR_SIZE), 1]]);
    this.context.setCursor(placedAt(open.cursor, byteOffset));
    return true;
  }

  /**
   * Overwrites from the start of the selection on.
   * @param content bytes, or the text on the clipboard: in the hex column it must be bytes in a form that can be read
   */
  paste(open: OpenView, cursor: Cursor, content: string | Uint8Array): void {
    const read = readContent(content, cursor.column, this.context.textEncoding());
    if (read === null) this.context.askForForm();
    if (read !== null && 'message' in read) this.context.say(read.message);
    if (read === null || 'message' in read) return;
    const { bytes } = read;
    const { start } = selectionOf(cursor);
    const left = open.info.byteCount - start;
    if (bytes.length > left) {
      this.context.say(`${bytes.length} bytes do not fit: ${left} are left from here to the end.`);
    } else if (bytes.length > MAX_EDIT_BYTES) {
      this.context.say(`At most ${MAX_EDIT_BYTES >> 20} MiB can be pasted at once.`);
    } else if (
      bytes.length > 0 &&
      this.#overwrite(open, start, bytes, 'pasted') &&
      this.context.open() === open
    ) {
      this.context.setCursor({ ...placedAt(cursor, start), anchor: start + bytes.length - 1 });
    }
  }

  /** Overwrites from the cursor on, which stays. @returns false if it was refused, with a sentence */
  writeAtCursor(bytes: Uint8Array): boolean {
    const open = this.context.open();
    if (!open) return false;
    const { byteOffset } = open.cursor;
    const left = open.info.byteCount - byteOffset;
    if (bytes.length > left) {
      this.context.say(`${bytes.length} bytes do not fit: ${left} are left from here to the end.`);
      return false;
    }
    if (!this.#overwrite(open, byteOffset, bytes)) return false;
    this.context.setCursor(open.cursor);
    return true;
  }

  /** Gives an unreadable sector zeros that can be edited and saved. */
  overwriteSector(sector: number): void {
    const open = this.context.open();
    if (!open || this.#isRefused(open)) return;
    this.endByte();
    const start = sector * SECTOR_SIZE;
    const zeros = new Uint8Array(Math.min(SECTOR_SIZE, open.info.byteCount - start));
    this.context.sendEdit(open, start, zeros, 'cleared');
    this.context.setCursor(placedAt(open.cursor, start));
  }

  #typeDigit(open: OpenView, digit: number): void {
    const half = this.#takeHalf();
    if (half) {
      const { byteOffset, value } = half;
      if (this.#overwrite(open, byteOffset, Uint8Array.of((value & 0xf0) | digit))) {
        this.context.setCursor(placedAt(open.cursor, byteOffset + 1));
      }
      return;
    }
    const { start } = selectionOf(open.cursor);
    if (this.#isRefused(open) || !this.#isReadable(open, start, 1)) return;
    const before = open.cache.byte(start);
    if (before === null) {
      this.context.say('This sector is still being read.');
      return;
    }
    const value = (digit << 4) | (before & 0x0f);
    open.cache.patch(start, Uint8Array.of(value));
    this.context.setCursor({ ...placedAt(open.cursor, start), secondDigit: true });
    this.#half = { open, byteOffset: start, value };
  }

  #takeHalf(): HalfByte | null {
    const half = this.#half;
    this.#half = null;
    return half;
  }

  /** @returns true if the bytes were sent */
  #overwrite(open: OpenView, byteOffset: number, bytes: Uint8Array, how: EditKind = 'typed'): boolean {
    if (this.#isRefused(open) || byteOffset + bytes.length > open.info.byteCount) return false;
    if (!this.#isReadable(open, byteOffset, bytes.length)) return false;
    this.endByte();
    open.cache.patch(byteOffset, bytes);
    this.context.sendEdit(open, byteOffset, bytes, how);
    return true;
  }

  /** Says it if a sector that the run overwrites in part can't be read. */
  #isReadable(open: OpenView, byteOffset: number, byteCount: number): boolean {
    const end = byteOffset + byteCount;
    for (let at = byteOffset; at < end; at += SECTOR_SIZE - (at % SECTOR_SIZE)) {
      const sector = open.cache.sector(Math.floor(at / SECTOR_SIZE));
      if (sector.state !== 'ready' || sector.unreadable === null) continue;
      if (at % SECTOR_SIZE === 0 && end >= Math.min(at + SECTOR_SIZE, open.info.byteCount)) continue;
      this.context.say('This sector can’t be read: overwrite all of it with zeros first, then edit it.');
      return false;
    }
    return true;
  }

  /** Says why the view can't be edited. @returns true if it can't */
  #isRefused(open: OpenView): boolean {
    const reason = open.info.readOnlyReason;
    if (reason !== null) this.context.say(reason);
    return reason !== null;
  }
}

/** The bytes of what is pasted, or a sentence why there are none; null where it may have several forms. */
function readContent(
  content: string | Uint8Array,
  column: Column,
  encoding: TextEncoding,
): ReturnType<typeof readPasted> {
  if (typeof content !== 'string') return { bytes: content };
  if (column === 'hex') return readPasted(content);
  const bytes = encodeText(content, encoding);
  return bytes === null ? { message: NOT_IN_LATIN1 } : { bytes };
}
