/**
 * A second encoder of the v4 structure, written from the table in FORMAT.md, section 2, alone and sharing nothing with the
 * engine: offsets are the table's numbers, and the checksum is computed bit by bit.
 */
export interface PlainStructure {
  readonly sequence: number;
  readonly timestamp: number;
  readonly mainSectors: number;
  readonly spareSectors: number;
  readonly nextSpare?: number;
  readonly remaps: readonly {
    readonly original: number;
    readonly spare: number;
    readonly timeNs: bigint;
    readonly accessCount?: number;
    readonly errorCount: number;
    readonly reason?: number;
    readonly flags: number;
  }[];
}

export function encodePlain(plain: PlainStructure): Buffer {
  const out = Buffer.alloc(84288);
  Buffer.from([0x34, 0x52, 0x4d, 0x44]).copy(out, 0);
  out.writeUInt32LE(4, 4);
  out.writeBigUInt64LE(BigInt(plain.sequence), 8);
  out.writeBigUInt64LE(BigInt(plain.timestamp), 16);
  out.writeUInt32LE(84288, 32);
  out.writeBigUInt64LE(BigInt(plain.mainSectors), 120);
  out.writeBigUInt64LE(BigInt(plain.spareSectors), 128);
  out.writeUInt32LE(512, 136);
  out.writeUInt32LE(100, 256);
  out.writeUInt32LE(24, 272);
  out.writeUInt32LE(plain.remaps.length, 296);
  out.writeUInt32LE(2048, 300);
  out.writeUInt32LE(plain.nextSpare ?? 0, 304);
  for (const [i, remap] of plain.remaps.entries()) {
    const at = 312 + 40 * i;
    out.writeBigUInt64LE(BigInt(remap.original), at);
    out.writeBigUInt64LE(BigInt(remap.spare), at + 8);
    out.writeBigUInt64LE(remap.timeNs, at + 16);
    out.writeUInt32LE(remap.accessCount ?? 0, at + 24);
    out.writeUInt32LE(remap.errorCount, at + 28);
    out.writeUInt16LE(remap.reason ?? 0, at + 32);
    out.writeUInt16LE(remap.flags, at + 34);
  }
  out.writeUInt32LE(plainChecksum(out), 24);
  return out;
}

export function plainChecksum(structure: Uint8Array): number {
  let crc = 0;
  for (let i = 0; i < 84288; i++) {
    if (i >= 24 && i < 28) continue;
    crc ^= structure[i]!;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return crc >>> 0;
}
