import type { VolumeReader } from '../volumeReader';
import {
  type Attribute,
  isResident,
  isSegment,
  type ResidentAttribute,
  type Segment,
  type Sizes,
} from './attribute';
import type { Geometry } from './bootSector';
import { addRun, type Run, runIndexAt } from './runList';

/** An attribute of a file, put together from all the records that hold a part of it. */
export interface AttributeStream {
  readonly type: number;
  readonly name: string;
  readonly isEncrypted: boolean;
  /** The clusters of a compression unit; 0 where there are none. */
  readonly unitClusters: number;
  /** The bytes of a resident attribute. */
  readonly value: Uint8Array | null;
  /** Ascending by VCN; empty for a resident attribute. */
  readonly runs: readonly Run[];
  /** Null where the record that tells them is missing. */
  readonly sizes: Sizes | null;
  /** False when where some of it lies is not known. */
  readonly isWhole: boolean;
}

/** Puts attributes of one file together by type and name. Names are no streams: a file may have several. */
export function joinStreams(attributes: readonly Attribute[], geometry: Geometry): AttributeStream[] {
  const groups = new Map<string, Attribute[]>();
  for (const attribute of attributes) {
    const key = `${attribute.type} ${attribute.name}`;
    const group = groups.get(key);
    if (group) group.push(attribute);
    else groups.set(key, [attribute]);
  }
  return [...groups.values()].map((group) => joinStream(group, geometry, group[0]!));
}

/** Puts together what there is of one attribute. */
export function joinStream(
  group: readonly Attribute[],
  geometry: Geometry,
  { type, name }: Pick<Attribute, 'type' | 'name'>,
): AttributeStream {
  const [only] = group;
  if (only && group.length === 1 && isResident(only)) return residentStream(only);
  const segments = group.filter(isSegment).sort((a, b) => a.firstVcn - b.firstVcn);
  // Two records that claim the same part of an attribute contradict each other: neither is believed.
  const known = overlap(segments) ? [] : segments;
  const sizes = known[0]?.sizes ?? null;
  return {
    type,
    name,
    isEncrypted: only?.isEncrypted === true,
    unitClusters: known.reduce((most, { unitClusters }) => Math.max(most, unitClusters), 0),
    value: null,
    runs: known.length === 1 ? known[0]!.runs : joinedRuns(known),
    sizes,
    isWhole: known.length === group.length && covers(known, sizes, geometry),
  };
}

function residentStream({ type, name, isEncrypted, value }: ResidentAttribute): AttributeStream {
  const size = value.length;
  const sizes = { allocated: size, size, initialised: size };
  return { type, name, isEncrypted, unitClusters: 0, value, runs: [], sizes, isWhole: true };
}

function joinedRuns(segments: readonly Segment[]): Run[] {
  const runs: Run[] = [];
  for (const segment of segments) for (const run of segment.runs) addRun(runs, run);
  return runs;
}

function overlap(segments: readonly Segment[]): boolean {
  return segments.some(
    ({ firstVcn }, i) => i > 0 && segments[i - 1]!.firstVcn + segments[i - 1]!.clusterCount > firstVcn,
  );
}

function covers(segments: readonly Segment[], sizes: Sizes | null, { clusterBytes }: Geometry): boolean {
  let vcn = 0;
  for (const { firstVcn, clusterCount } of segments) {
    if (firstVcn !== vcn) return false;
    vcn += clusterCount;
  }
  return sizes !== null && sizes.allocated === vcn * clusterBytes;
}

/**
 * Reads bytes of an attribute; holes, and what was never written, read as zeros.
 * @throws UnreadableError when they can't be read, or when where they lie is not known; a compressed one can't be read
 */
export async function readStream(
  stream: AttributeStream,
  { reader, geometry }: { readonly reader: VolumeReader; readonly geometry: Geometry },
  byteOffset: number,
  length: number,
  what: string,
): Promise<Uint8Array> {
  const end = byteOffset + length;
  const { value, sizes, isWhole, unitClusters, runs } = stream;
  if (!sizes || end > sizes.size || unitClusters > 0) throw reader.unreadable([], what);
  if (value) return value.subarray(byteOffset, end);
  const bytes = new Uint8Array(length);
  const { clusterBytes } = geometry;
  const readEnd = Math.min(end, sizes.initialised);
  let known = byteOffset;
  for (
    let i = runIndexAt(runs, Math.floor(byteOffset / clusterBytes));
    i < runs.length && runs[i]!.vcn * clusterBytes < readEnd;
    i++
  ) {
    const { vcn, lcn, clusterCount } = runs[i]!;
    const from = Math.max(byteOffset, vcn * clusterBytes);
    const to = Math.min(readEnd, (vcn + clusterCount) * clusterBytes);
    if (from > known && !isWhole) break;
    const at = lcn * clusterBytes + from - vcn * clusterBytes;
    bytes.set(await reader.bytes(at, to - from, what), from - byteOffset);
    known = to;
  }
  if (known < readEnd && !isWhole) throw reader.unreadable([], what);
  return bytes;
}
