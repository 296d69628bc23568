const NEWLINE = 0x0a;
const NUL = 0;
const HASH = 0x23;

/**
 * A text without what a crash left at its end while a comment was added: a comment that has no end of line, and zeros
 * that were never written over. Anything else that is no text stays, so that its reader refuses it.
 */
export function wholeLines(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && bytes[end - 1] === NUL) end--;
  const lastLine = bytes.subarray(0, end).lastIndexOf(NEWLINE) + 1;
  if (lastLine === end || bytes[lastLine] === HASH) return bytes.subarray(0, lastLine);
  return bytes;
}
