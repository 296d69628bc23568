import type { ClipboardFormat } from '../shared/protocol';

/** Remembers the bytes behind the text that was copied last: text alone can't carry bytes that are no text. */
export class CopiedBytes {
  #last: { readonly text: string; readonly format: ClipboardFormat; readonly bytes: Uint8Array } | null =
    null;

  note(text: string, format: ClipboardFormat, bytes: Uint8Array): void {
    this.#last = { text, format, bytes: bytes.slice() };
  }

  /**
   * The bytes whose copy a text is; null if it was not copied here last.
   * @param asText only a copy as text counts: the text of another format is meant as it stands
   */
  bytesOf(text: string, asText: boolean): Uint8Array | null {
    const last = this.#last;
    if (last === null || lineEnds(last.text) !== lineEnds(text)) return null;
    return asText && last.format !== 'text' ? null : last.bytes;
  }
}

/** What was copied last in this window. */
export const copied = new CopiedBytes();

/** A clipboard may change the ends of lines on the way. */
function lineEnds(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}
