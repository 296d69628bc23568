import assert from 'node:assert/strict';
import type { BlockDevice, Clock } from '../../../src/engine/block/blockDevice';
import { v4Header } from '../../../src/engine/metadata/codec/v4';
import { ACTIVE, type RemapEntry } from '../../../src/engine/metadata/entry';
import { formatMetadata } from '../../../src/engine/metadata/formatMetadata';
import { MetadataStore, type OpenOptions } from '../../../src/engine/metadata/metadataStore';
import { MemoryDevice } from '../block/memoryDevice';
import { recordedSpare } from '../fixtures';

export const MAIN_SECTORS = 204_800;
export const SPARE_SECTORS = 102_400;
/** The clock of the recorded fixtures, in milliseconds. */
export const FIXTURE_TIME = 1_760_620_000_000;

export const fixedClock = (now = FIXTURE_TIME): Clock => ({ now: () => now });

/** Only chunks that aren't all zero are kept, so that the device stays sparse. */
const CHUNK_BYTES = 65_536;

/** A recorded spare. The calling test is skipped where the fixtures are absent. */
export function fixtureSpare(context: Mocha.Context, name: string): MemoryDevice {
  const bytes = recordedSpare(context, name);
  const device = new MemoryDevice(bytes.length / 512);
  const zeros = Buffer.alloc(CHUNK_BYTES);
  for (let at = 0; at < bytes.length; at += CHUNK_BYTES) {
    const chunk = bytes.subarray(at, at + CHUNK_BYTES);
    if (zeros.compare(chunk, 0, chunk.length, 0, chunk.length) !== 0) device.poke(at / 512, chunk);
  }
  return device;
}

export function entry(original: number, spare: number, values: Partial<RemapEntry> = {}): RemapEntry {
  return {
    original,
    spare,
    member: 0,
    timeNs: BigInt(FIXTURE_TIME) * 1_000_000n,
    errorCount: 1,
    accessCount: 0,
    reason: 0,
    flags: ACTIVE,
    ...values,
  };
}

/** `count` entries with data from sector 1280 on. */
export function entries(count: number, firstOriginal = 1000): RemapEntry[] {
  return Array.from({ length: count }, (_, i) => entry(firstOriginal + i * 8, 1280 + i));
}

export async function formatted(
  spareSectors = SPARE_SECTORS,
  mainSectorCount = MAIN_SECTORS,
): Promise<MemoryDevice> {
  const spare = new MemoryDevice(spareSectors);
  await formatMetadata(spare, { mainSectorCount, clock: fixedClock() });
  return spare;
}

export async function openStore(
  spare: BlockDevice,
  options: Partial<OpenOptions> = {},
): Promise<MetadataStore> {
  return MetadataStore.open(spare, { mainSectorCount: MAIN_SECTORS, clock: fixedClock(), ...options });
}

/** All entries in list order. */
export async function loadAll(store: MetadataStore): Promise<RemapEntry[]> {
  const list: RemapEntry[] = [];
  await store.load((slot, found) => {
    assert.ok(slot <= list.length, `slot ${slot} comes before ${list.length}`);
    list[slot] = found;
  });
  return list;
}

/** Commits `list` with the slots in which it differs from `before`. */
export async function commitList(
  store: MetadataStore,
  list: readonly RemapEntry[],
  before: readonly RemapEntry[] = [],
): Promise<void> {
  const highest = list.reduce((end, { spare }) => Math.max(end, spare + 1), 1280);
  await store.commit({
    changed: list.flatMap((found, slot) => (before[slot] === found ? [] : [{ slot, entry: found }])),
    entryCount: list.length,
    entryAt: (slot) => list[slot]!,
    nextSpare: highest,
  });
}

/** The structure in copy `index`. */
export function copyBytes(spare: MemoryDevice, index: number, byteLength = 84288): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(byteLength / 512) * 512);
  spare.peek(index * 256, bytes);
  return bytes.subarray(0, byteLength);
}

/** The sequence number in each of the five copies. */
export function sequencesOf(spare: MemoryDevice): number[] {
  return [0, 1, 2, 3, 4].map((copy) => Number(v4Header.get(copyBytes(spare, copy), 'sequence_number')));
}
