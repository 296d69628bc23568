/** What is said of bytes that were copied, of which some are no text. */
export function describeCopied(byteCount: number, notText: number): string {
  if (notText === 0) return `Copied ${byteCount} bytes.`;
  return `Copied ${byteCount} bytes. ${notText} are no text: other programs get � for them, an editor here the bytes.`;
}
