import { SECTOR_SIZE } from '../../block/blockDevice';
import { mergeRanges } from '../../block/range';
import type { SectorRange } from '../../errors';
import type { Doubt, FileRecord, WalkOptions } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import { gatherAttributes } from './attributeList';
import { readStream } from './attributeStream';
import { orphanPieces, piecesOf } from './fileRecords';
import type { Mft } from './mft';
import { type MftRecord, parseRecord } from './mftRecord';

const CHUNK_BYTES = 131_072;
const KEPT_BASES = 64;

/** What a walk over all records keeps. */
export interface Walk extends WalkOptions {
  readonly mft: Mft;
  /** True when the bitmap of records can be believed: the volume was taken down cleanly. */
  readonly isClean: boolean;
  onDoubt(doubt: Doubt): void;
}

/** All files that records in use tell of, in the order of the records. */
export async function* walkRecords(walk: Walk): AsyncGenerator<FileRecord> {
  const { mft, signal } = walk;
  for (const doubt of mft.doubts) walk.onDoubt(doubt);
  const isReached = reachedExtensions(mft);
  for await (const records of recordsInChunks(walk)) {
    for (const record of records) {
      if (!record.inUse) continue;
      if (!record.base) {
        yield* piecesOf(record, mft);
        continue;
      }
      const doubts = await isReached(record);
      if (doubts) yield* orphanPieces(record, record.base.record, doubts, mft);
    }
    signal?.throwIfAborted();
  }
}

/**
 * Tells whether an extension record's own base leads to it.
 * @returns null when it does, or when the base says that the record isn't its; else what of the base can't be read
 */
function reachedExtensions(mft: Mft): (extension: MftRecord) => Promise<readonly Doubt[] | null> {
  const kept = new Map<number, Base>();
  return async ({ base }) => {
    const { record, sequence } = base!;
    let known = kept.get(record);
    if (!known) {
      known = await readBase(record, mft);
      if (kept.size >= KEPT_BASES) kept.delete(kept.keys().next().value!);
      kept.set(record, known);
    }
    return known.sequence === null || known.sequence === sequence ? known.doubts : null;
  };
}

interface Base {
  /** Null when the record can't be read. */
  readonly sequence: number | null;
  /** Why it doesn't lead to all that extends it; null when it does. */
  readonly doubts: readonly Doubt[] | null;
}

async function readBase(number: number, mft: Mft): Promise<Base> {
  try {
    const record = await mft.record(number);
    if (!record.inUse || record.base) return { sequence: record.sequence, doubts: null };
    const { doubts, knowsRecords } = await gatherAttributes(record, mft);
    return { sequence: record.sequence, doubts: knowsRecords ? null : doubts };
  } catch (error) {
    if (error instanceof UnreadableError) return { sequence: null, doubts: [error.doubt] };
    throw error;
  }
}

/** All records that can be read, by runs of the table: a hole in it, however long, has none. */
async function* recordsInChunks(walk: Walk): AsyncGenerator<MftRecord[]> {
  const { mft, signal } = walk;
  const { recordBytes } = mft.geometry;
  for (const [first, end] of mft.spans()) {
    for (let number = first; number < end; ) {
      signal?.throwIfAborted();
      walk.progress?.(number / mft.recordCount);
      const place = mft.placeOf(number, Math.min(end - number, Math.floor(CHUNK_BYTES / recordBytes)));
      yield await (place ? readChunk(number, place, walk) : readAlone(number, walk));
      number += place?.recordCount ?? 1;
    }
  }
  walk.progress?.(1);
}

async function readAlone(number: number, walk: Walk): Promise<MftRecord[]> {
  const bad = new BadRecords(walk);
  const record = await recordOr(number, walk.mft, bad);
  await bad.tell();
  return record ? [record] : [];
}

async function readChunk(
  first: number,
  { byteOffset, recordCount }: { byteOffset: number; recordCount: number },
  walk: Walk,
): Promise<MftRecord[]> {
  const { mft } = walk;
  const { recordBytes } = mft.geometry;
  const { bytes, unreadable } = await mft.reader.whatCanBeRead(byteOffset, recordCount * recordBytes, '$MFT');
  const hit = new Set(
    unreadable.map((sector) => first + Math.floor((sector * SECTOR_SIZE - byteOffset) / recordBytes)),
  );
  const bad = new BadRecords(walk);
  const records: MftRecord[] = [];
  for (let i = 0; i < recordCount; i++) {
    const own = bytes.subarray(i * recordBytes, (i + 1) * recordBytes);
    const parsed = hit.has(first + i) ? null : parseRecord(own, first + i, mft.geometry);
    const record = parsed ?? (await recordOr(first + i, mft, bad));
    if (record) records.push(record);
  }
  await bad.tell();
  return records;
}

/** A record that could not be read at once: there may be a copy of it. */
async function recordOr(number: number, mft: Mft, bad: BadRecords): Promise<MftRecord | null> {
  try {
    return await mft.record(number);
  } catch (error) {
    if (!(error instanceof UnreadableError)) throw error;
    bad.add(number, error.doubt);
    return null;
  }
}

/** The records of a chunk that can't be read, told as one doubt. */
class BadRecords {
  readonly #walk: Walk;
  readonly #records: { number: number; ranges: readonly SectorRange[] }[] = [];

  constructor(walk: Walk) {
    this.#walk = walk;
  }

  add(number: number, { ranges }: Doubt): void {
    this.#records.push({ number, ranges });
  }

  async tell(): Promise<void> {
    const used: SectorRange[] = [];
    let count = 0;
    for (const { number, ranges } of this.#records) {
      if (await this.#isUnused(number)) continue;
      count++;
      used.push(...ranges);
    }
    const reason = count === 1 ? 'a record of the MFT' : `${count} records of the MFT`;
    if (count > 0) this.#walk.onDoubt({ reason: `${reason} can't be read`, ranges: mergeRanges(used) });
  }

  /** True when the table's own bitmap says that a record isn't used. */
  async #isUnused(number: number): Promise<boolean> {
    const { mft, isClean } = this.#walk;
    const bitmap = isClean ? mft.bitmap : null;
    if (!bitmap) return false;
    try {
      const [byte] = await readStream(bitmap, mft, Math.floor(number / 8), 1, "$MFT's bitmap");
      return ((byte! >> (number % 8)) & 1) === 0;
    } catch (error) {
      if (error instanceof UnreadableError) return false;
      throw error;
    }
  }
}
