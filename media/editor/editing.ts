import { MAX_EDIT_BYTES, SECTOR_SIZE } from '../../src/shared/protocol';
import { type Cursor, placedAt, selectionOf } from './cursor';
import { parseHex } from './findPattern';
import type { OpenView } from './openView';

/** What editing needs of the editor. */
export interface EditingContext {
  open(): OpenView | null;
  setCursor(cursor: Cursor): void;
  /** Sends bytes to the document; `merge` makes them part of the undo step before. */
  sendEdit(byteOffset: number, bytes: Uint8Array, merge: boolean): void;
  /** Shows a sentence to the person. */
  say(message: string): void;
}

/**
 * Overwrites bytes at the cursor: digits in the hex column, characters in the text column. A view never changes its
 * size. What can't be edited is refused with a sentence.
 */
export class Editing {
  constructor(private readonly context: EditingContext) {}

  /** Overwrites with a typed character. @returns false if the column has no use for it */
  type(character: string): boolean {
    const open = this.context.open();
    if (!open) return false;
    if (open.cursor.column === 'hex') {
      if (!/^[0-9a-f]$/i.test(character)) return false;
      this.#typeDigit(open, Number.parseInt(character, 16));
      return true;
    }
    const bytes = new TextEncoder().encode(character);
    const { byteOffset } = open.cursor;
    if (this.#overwrite(open, byteOffset, bytes, false)) {
      this.context.setCursor(placedAt(open.cursor, byteOffset + bytes.length));
    }
    return true;
  }

  /** Overwrites from the start of the selection on. In the hex column the text must be hexadecimal. */
  paste(text: string): void {
    const open = this.context.open();
    if (!open) return;
    const { cursor, info } = open;
    const bytes = cursor.column === 'hex' ? parseHex(text) : new TextEncoder().encode(text);
    if (bytes === null) {
      this.context.say('What is on the clipboard is not hexadecimal: paste it into the text column.');
      return;
    }
    const { start } = selectionOf(cursor);
    if (bytes.length > info.byteCount - start) {
      this.context.say(
        `${bytes.length} bytes do not fit: ${info.byteCount - start} are left from here to the end.`,
      );
    } else if (bytes.length > MAX_EDIT_BYTES) {
      this.context.say(`At most ${MAX_EDIT_BYTES} bytes can be pasted at once.`);
    } else if (bytes.length > 0 && this.#overwrite(open, start, bytes, false)) {
      this.context.setCursor({ ...placedAt(cursor, start + bytes.length - 1), anchor: start });
    }
  }

  /** Gives an unreadable sector zeros that can be edited and saved. */
  overwriteSector(sector: number): void {
    const open = this.context.open();
    if (!open || this.#refused(open)) return;
    const start = sector * SECTOR_SIZE;
    this.context.sendEdit(start, new Uint8Array(Math.min(SECTOR_SIZE, open.info.byteCount - start)), false);
    this.context.setCursor(placedAt(open.cursor, start));
  }

  #typeDigit(open: OpenView, digit: number): void {
    const { byteOffset, secondDigit } = open.cursor;
    const value = open.cache.byte(byteOffset) ?? 0;
    const typed = secondDigit ? (value & 0xf0) | digit : (digit << 4) | (value & 0x0f);
    if (!this.#overwrite(open, byteOffset, Uint8Array.of(typed), secondDigit)) return;
    const next = placedAt(open.cursor, secondDigit ? byteOffset + 1 : byteOffset);
    this.context.setCursor({ ...next, secondDigit: !secondDigit });
  }

  /** @returns true if the bytes were sent */
  #overwrite(open: OpenView, byteOffset: number, bytes: Uint8Array, merge: boolean): boolean {
    const end = byteOffset + bytes.length;
    if (this.#refused(open) || end > open.info.byteCount) return false;
    for (let at = byteOffset; at < end; at += SECTOR_SIZE - (at % SECTOR_SIZE)) {
      const sector = open.cache.sector(Math.floor(at / SECTOR_SIZE));
      if (sector.state !== 'ready' || sector.unreadable === null) continue;
      this.context.say('This sector can’t be read: overwrite all of it with zeros first, then edit it.');
      return false;
    }
    open.cache.patch(byteOffset, bytes);
    this.context.sendEdit(byteOffset, bytes, merge);
    return true;
  }

  /** Says why the view can't be edited. @returns true if it can't */
  #refused(open: OpenView): boolean {
    const reason = open.info.readOnlyReason;
    if (reason !== null) this.context.say(reason);
    return reason !== null;
  }
}
