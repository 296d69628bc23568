import type { RescueBlocks } from './rescueBlocks';

/**
 * What is said of a map that isn't as long as its image of so many bytes; null if it is, or if its program didn't know
 * how long the disk is and gave the last block the largest size there is.
 */
export function describeMapSize(blocks: RescueBlocks, byteLength: number): string | null {
  if (!Number.isSafeInteger(blocks.end) || blocks.end === byteLength) return null;
  if (blocks.end > byteLength) {
    return `the map is ${inBytes(blocks.end - byteLength)} longer than the image: what it says beyond the end is kept, and not used`;
  }
  const missing = inBytes(byteLength - blocks.end);
  return `the map is ${missing} shorter than the image: what lies beyond its end counts as not rescued`;
}

function inBytes(count: number): string {
  return count === 1 ? '1 byte' : `${count} bytes`;
}
