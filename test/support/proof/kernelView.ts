import type { BlockDevice } from '../../../src/engine/block/blockDevice';

/** What a kernel finds on a spare. */
export interface KernelView {
  readonly validCopies: number;
  readonly sequence: bigint;
  readonly mainSectors: bigint;
  /** Original sector -> spare sector, in list order. */
  readonly remaps: readonly (readonly [original: bigint, spare: bigint])[];
}

const COPY_BYTES = 131_072;
const STRUCTURE_BYTES = 84_288;

/**
 * Reads a spare as the kernel module does, from the table in FORMAT.md, section 2, alone; shares nothing with the engine.
 * @param nowSeconds seconds since the epoch
 */
export async function kernelView(spare: BlockDevice, nowSeconds: number): Promise<KernelView> {
  let best: DataView | undefined;
  let validCopies = 0;
  for (let copy = 0; copy < 5; copy++) {
    const bytes = new Uint8Array(COPY_BYTES);
    await spare.read((copy * COPY_BYTES) / 512, bytes);
    const view = new DataView(bytes.buffer);
    if (!isValid(view, nowSeconds)) continue;
    validCopies++;
    if (!best || isNewer(view, best)) best = view;
  }
  if (!best) throw new Error('a kernel finds no valid copy');
  const view = best;
  const remaps = Array.from({ length: view.getUint32(296, true) }, (_, i) => {
    const at = 312 + 40 * i;
    return [view.getBigUint64(at, true), view.getBigUint64(at + 8, true)] as const;
  });
  return {
    validCopies,
    sequence: view.getBigUint64(8, true),
    mainSectors: view.getBigUint64(120, true),
    remaps,
  };
}

function isValid(view: DataView, nowSeconds: number): boolean {
  return (
    view.getUint32(0, true) === 0x444d5234 &&
    view.getUint32(4, true) === 4 &&
    view.getUint32(24, true) === checksum(view) &&
    view.getUint32(296, true) <= 2048 &&
    view.getUint32(256, true) <= 100 &&
    view.getBigUint64(16, true) <= BigInt(nowSeconds) + 86_400n
  );
}

function isNewer(a: DataView, b: DataView): boolean {
  const [sequenceA, sequenceB] = [a.getBigUint64(8, true), b.getBigUint64(8, true)];
  return (
    sequenceA > sequenceB || (sequenceA === sequenceB && a.getBigUint64(16, true) > b.getBigUint64(16, true))
  );
}

/** Bit by bit: slow, but easy to check by eye. */
function checksum(view: DataView): number {
  let crc = 0;
  for (let at = 0; at < STRUCTURE_BYTES; at++) {
    if (at >= 24 && at < 28) continue;
    crc ^= view.getUint8(at);
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc >>> 0;
}
