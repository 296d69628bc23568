import { crc32 } from 'node:zlib';
import { type BlockDevice, SECTOR_SIZE } from '../block/blockDevice';
import { isMediumFailure } from '../errors';

const VERSION = 1;
const HEADER_BYTES = 2;
const SAMPLE_BYTES = 10;
/** As many as fit the 512 bytes that the spare's `expansion_data` has for them (FORMAT.md, section 7). */
const MAX_SAMPLES = 48;
/** Sectors spread evenly over the disk that are always candidates. */
const SPREAD_SAMPLES = 16;

/** A sector of main and the checksum of its bytes; a checksum of 0 stands for a sector of zeros. */
export interface IdentitySample {
  readonly sector: number;
  readonly checksum: number;
}

/** How well a disk matches samples taken before. */
export interface IdentityMatch {
  readonly fits: boolean;
  readonly matching: number;
  readonly total: number;
}

/**
 * A fingerprint of a main image that survives moves and renames: checksums of some of its sectors, those written last
 * among them. Contents change, so a main fits while at least half of its samples, and of those that aren't zeros, still
 * match.
 */
export class MainIdentity {
  readonly samples: readonly IdentitySample[];

  constructor(samples: readonly IdentitySample[]) {
    this.samples = samples;
  }

  /** The samples in a spare's metadata; none for an absent or foreign identity. */
  static decode(bytes: Uint8Array): MainIdentity {
    const samples: IdentitySample[] = [];
    if (bytes[0] !== VERSION) return new MainIdentity([]);
    const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const count = Math.min(bytes[1]!, Math.floor((bytes.length - HEADER_BYTES) / SAMPLE_BYTES));
    for (let i = 0; i < count; i++) {
      const at = HEADER_BYTES + i * SAMPLE_BYTES;
      samples.push({ sector: view.readUIntLE(at, 6), checksum: view.readUInt32LE(at + 6) });
    }
    return new MainIdentity(samples);
  }

  encode(): Uint8Array {
    const bytes = Buffer.alloc(HEADER_BYTES + this.samples.length * SAMPLE_BYTES);
    bytes[0] = VERSION;
    bytes[1] = this.samples.length;
    for (const [i, { sector, checksum }] of this.samples.entries()) {
      bytes.writeUIntLE(sector, HEADER_BYTES + i * SAMPLE_BYTES, 6);
      bytes.writeUInt32LE(checksum, HEADER_BYTES + i * SAMPLE_BYTES + 6);
    }
    return new Uint8Array(bytes);
  }

  /**
   * Takes new samples: of `recent` sectors first, then of the spread ones, then of those sampled before. Sectors that
   * can't be read are left out.
   */
  async retake(main: BlockDevice, recent: readonly number[]): Promise<MainIdentity> {
    const spread = Array.from({ length: SPREAD_SAMPLES }, (_, i) =>
      Math.floor((i * (main.sectorCount - 1)) / (SPREAD_SAMPLES - 1)),
    );
    const candidates = [...recent, ...spread, ...this.samples.map(({ sector }) => sector)];
    const samples = new Map<number, IdentitySample>();
    for (const sector of candidates) {
      if (samples.size >= MAX_SAMPLES) break;
      if (samples.has(sector) || sector >= main.sectorCount) continue;
      const checksum = await checksumOf(main, sector);
      if (checksum !== null) samples.set(sector, { sector, checksum });
    }
    return new MainIdentity([...samples.values()].sort((a, b) => a.sector - b.sector));
  }

  /** Compares a disk with the samples. Sectors that can't be read don't count. Without samples every disk fits. */
  async match(main: BlockDevice): Promise<IdentityMatch> {
    let total = 0;
    let matching = 0;
    let nonZero = 0;
    let nonZeroMatching = 0;
    for (const { sector, checksum } of this.samples) {
      const found = sector < main.sectorCount ? await checksumOf(main, sector) : undefined;
      if (found === null) continue;
      const isMatch = found === checksum;
      total++;
      if (isMatch) matching++;
      if (checksum === 0) continue;
      nonZero++;
      if (isMatch) nonZeroMatching++;
    }
    return { fits: matching * 2 >= total && nonZeroMatching * 2 >= nonZero, matching, total };
  }
}

/** Null for a sector that can't be read. */
async function checksumOf(main: BlockDevice, sector: number): Promise<number | null> {
  const bytes = new Uint8Array(SECTOR_SIZE);
  try {
    await main.read(sector, bytes);
  } catch (error) {
    if (!isMediumFailure(error)) throw error;
    return null;
  }
  return bytes.every((byte) => byte === 0) ? 0 : crc32(bytes) || 1;
}
