/** Largest block that the command reads at once. */
const MAX_BLOCK = 1 << 20;
/** From so many blocks on, a block of a few bytes would take minutes. */
const MANY_BLOCKS = 1 << 20;

/**
 * The shell command that writes the bytes `[start, end)` of a file or device to its output. `dd` counts in blocks: the largest
 * that both numbers are multiples of. Where only a tiny one would do, GNU dd counts in bytes.
 */
export function ddCommand(path: string, start: number, end: number): string {
  const count = end - start;
  const block = largestBlock(start, count);
  const from = `dd if=${shellQuoted(path)}`;
  if (count / block > MANY_BLOCKS && block < 512) {
    return `${from} bs=64K iflag=skip_bytes,count_bytes skip=${start} count=${count}`;
  }
  return `${from} bs=${block} skip=${start / block} count=${count / block}`;
}

/** A power of two, at most `MAX_BLOCK`. */
function largestBlock(start: number, count: number): number {
  let block = 1;
  while (block < MAX_BLOCK && start % (2 * block) === 0 && count % (2 * block) === 0) block *= 2;
  return block;
}

function shellQuoted(path: string): string {
  return /^[\w./+-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
