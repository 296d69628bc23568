import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { checkRequest } from '../../../src/engine/block/range';
import { BlockError, type SectorRange } from '../../../src/engine/errors';
import type { SectorSource } from '../../../src/engine/volume/volumeContracts';
import { VolumeReader } from '../../../src/engine/volume/volumeReader';
import { FIXTURES } from '../fixtures';

/** A disk of given bytes, of which chosen sectors can't be read. */
export class BytesSource implements SectorSource {
  readonly sectorCount: number;
  /** Sectors that were asked for since the start. */
  sectorsRead = 0;

  constructor(
    readonly bytes: Uint8Array,
    readonly unreadable: ReadonlySet<number> = new Set(),
  ) {
    this.sectorCount = Math.floor(bytes.length / SECTOR_SIZE);
  }

  async read(sector: number, buffer: Uint8Array): Promise<void> {
    const count = checkRequest(sector, buffer.length, this.sectorCount);
    this.sectorsRead += count;
    buffer.set(this.bytes.subarray(sector * SECTOR_SIZE, (sector + count) * SECTOR_SIZE));
    const failed: SectorRange[] = [];
    for (let at = sector; this.unreadable.size > 0 && at < sector + count; at++) {
      if (!this.unreadable.has(at)) continue;
      failed.push([at, 1]);
      buffer.fill(0xdb, (at - sector) * SECTOR_SIZE, (at - sector + 1) * SECTOR_SIZE);
    }
    if (failed.length > 0) throw new BlockError('EIO', 'sectors can’t be read', failed);
  }

  /** A reader of the whole of it, or of a part. */
  reader(first = 0, sectorCount = this.sectorCount - first): VolumeReader {
    return new VolumeReader(this, first, sectorCount);
  }
}

/** What is known of an image with a file system: made by other programs, not by us. */
export interface FixtureAnswers {
  readonly fs: string;
  readonly blockSize: number;
  readonly sectors: number;
  readonly files: readonly FixtureFile[];
  readonly owners: readonly FixtureOwner[];
}

export interface FixtureFile {
  readonly path: string;
  readonly kind: string;
  readonly size: number | null;
  /** `[file sector, image sector, count]`; holes are left out. */
  readonly extents: readonly (readonly [number, number, number])[];
  readonly unwritten?: readonly (readonly [number, number, number])[];
  readonly treeBlocks?: readonly SectorRange[];
  readonly otherNames?: readonly string[];
  readonly stream?: string;
  readonly attr?: string;
  readonly compressed?: boolean;
  /** Of NTFS: the MFT record, and the type of the attribute. */
  readonly record?: number;
}

export interface FixtureOwner {
  readonly sector: number;
  readonly kind: 'free' | 'file' | 'dir' | 'meta' | 'outside';
  readonly what?: string;
  readonly path?: string;
  readonly paths?: readonly string[];
  readonly otherNames?: readonly string[];
  readonly fileOffset?: number;
  readonly slack?: boolean;
  readonly unwritten?: boolean;
  readonly compressed?: boolean;
  readonly stream?: string;
  readonly attr?: string;
  readonly group?: number;
  readonly record?: number;
}

/** A disk with partitions, each with its answers; sectors of these count from the partition's start. */
export interface FixtureDisk {
  readonly partitions: readonly {
    readonly start: number;
    readonly sectors: number;
    readonly type: string;
    readonly answers: FixtureAnswers;
  }[];
}

/** An image with expected answers. The calling test is skipped where the fixtures are absent. */
export function volumeFixture<Answers = FixtureAnswers>(
  context: Mocha.Context,
  name: string,
): { bytes: Uint8Array; answers: Answers } {
  const image = join(FIXTURES, 'filesystems', `${name}.img.gz`);
  if (!existsSync(image)) {
    console.log(`      skipped: ${image} is absent`);
    context.skip();
  }
  const answers = JSON.parse(readFileSync(join(FIXTURES, 'filesystems', `${name}.json`), 'utf8')) as Answers;
  return { bytes: gunzipSync(readFileSync(image)), answers };
}
