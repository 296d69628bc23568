import type { Geometry } from './bootSector';
import { u16, u32, u64, utf16 } from './littleEndian';
import { decodeRuns, type Run } from './runList';

/** The types of attributes, as they are on disk. */
export const TYPE = {
  attributeList: 0x20,
  fileName: 0x30,
  volumeName: 0x60,
  volumeInformation: 0x70,
  data: 0x80,
  indexRoot: 0x90,
  indexAllocation: 0xa0,
  bitmap: 0xb0,
  reparsePoint: 0xc0,
} as const;

const NAMES: Readonly<Record<number, string>> = {
  16: '$STANDARD_INFORMATION',
  32: '$ATTRIBUTE_LIST',
  48: '$FILE_NAME',
  64: '$OBJECT_ID',
  80: '$SECURITY_DESCRIPTOR',
  96: '$VOLUME_NAME',
  112: '$VOLUME_INFORMATION',
  128: '$DATA',
  144: '$INDEX_ROOT',
  160: '$INDEX_ALLOCATION',
  176: '$BITMAP',
  192: '$REPARSE_POINT',
  208: '$EA_INFORMATION',
  224: '$EA',
  256: '$LOGGED_UTILITY_STREAM',
};

/** The name of a type, or its number. */
export function typeName(type: number): string {
  return NAMES[type] ?? `attribute 0x${type.toString(16)}`;
}

interface AttributeHead {
  readonly type: number;
  readonly name: string;
  readonly isCompressed: boolean;
  readonly isEncrypted: boolean;
}

export interface ResidentAttribute extends AttributeHead {
  readonly value: Uint8Array;
}

/** The sizes of a non-resident attribute, in bytes. */
export interface Sizes {
  readonly allocated: number;
  readonly size: number;
  readonly initialised: number;
}

/** What one attribute record says of a non-resident attribute: all of it, or some of its clusters. */
export interface Segment extends AttributeHead {
  readonly firstVcn: number;
  readonly clusterCount: number;
  readonly runs: readonly Run[];
  /** In the first segment alone. */
  readonly sizes: Sizes | null;
  /** The clusters of a compression unit; 0 where there are none. */
  readonly unitClusters: number;
}

/** An attribute whose record makes no sense. */
interface DamagedAttribute extends AttributeHead {
  readonly isDamaged: true;
}

export type Attribute = ResidentAttribute | Segment | DamagedAttribute;

export const isResident = (attribute: Attribute): attribute is ResidentAttribute => 'value' in attribute;
export const isSegment = (attribute: Attribute): attribute is Segment => 'runs' in attribute;

const COMPRESSED = 0x00ff;
const ENCRYPTED = 0x4000;
const END = 0xffff_ffff;
const RESIDENT_HEAD = 0x18;
const SEGMENT_HEAD = 0x40;
const USUAL_UNIT_CLUSTERS = 16;
/** `last VCN` of an attribute without clusters. */
const NONE = 0xffff_ffff;

/**
 * The attributes of a record after its fixups.
 * @param from the first attribute
 * @param end the end of the used part
 * @returns also whether the list of attributes had its end
 */
export function parseAttributes(
  record: Uint8Array,
  from: number,
  end: number,
  geometry: Geometry,
): { attributes: Attribute[]; isWhole: boolean } {
  const attributes: Attribute[] = [];
  for (let at = from; at + 8 <= end; ) {
    const type = u32(record, at);
    if (type === END) return { attributes, isWhole: true };
    const length = u32(record, at + 4);
    if (length < RESIDENT_HEAD || length % 8 !== 0 || at + length > end) break;
    attributes.push(parseAttribute(record.subarray(at, at + length), geometry));
    at += length;
  }
  return { attributes, isWhole: false };
}

function parseAttribute(bytes: Uint8Array, geometry: Geometry): Attribute {
  const nameLength = bytes[9]!;
  const nameOffset = u16(bytes, 0x0a);
  const hasName = nameLength > 0 && nameOffset + nameLength * 2 <= bytes.length;
  const flags = u16(bytes, 0x0c);
  const head: AttributeHead = {
    type: u32(bytes, 0),
    name: hasName ? utf16(bytes, nameOffset, nameLength) : '',
    isCompressed: (flags & COMPRESSED) !== 0,
    isEncrypted: (flags & ENCRYPTED) !== 0,
  };
  const isPossible = (nameLength === 0 || hasName) && bytes[8]! <= 1;
  const read = bytes[8] === 0 ? parseResident(bytes, head) : parseSegment(bytes, head, geometry);
  return (isPossible && read) || { ...head, isDamaged: true };
}

function parseResident(bytes: Uint8Array, head: AttributeHead): ResidentAttribute | null {
  const length = u32(bytes, 0x10);
  const offset = u16(bytes, 0x14);
  if (offset + length > bytes.length) return null;
  const { type, name, isCompressed, isEncrypted } = head;
  return { type, name, isCompressed, isEncrypted, value: bytes.subarray(offset, offset + length) };
}

function parseSegment(bytes: Uint8Array, head: AttributeHead, geometry: Geometry): Segment | null {
  if (bytes.length < SEGMENT_HEAD) return null;
  const firstVcn = u64(bytes, 0x10);
  const runsOffset = u16(bytes, 0x20);
  const unitLog = bytes[0x22]!;
  if (!Number.isFinite(firstVcn) || runsOffset >= bytes.length || unitLog > 16) return null;
  const list = decodeRuns(bytes.subarray(runsOffset), firstVcn, geometry.clusterCount);
  const sizes = firstVcn === 0 ? parseSizes(bytes, geometry) : null;
  if (!list || (firstVcn === 0 && !sizes)) return null;
  if (!spansAsToldBy(bytes, firstVcn, list.clusterCount, sizes, geometry)) return null;
  const unitClusters = head.isCompressed ? (unitLog > 0 ? 2 ** unitLog : USUAL_UNIT_CLUSTERS) : 0;
  const { type, name, isCompressed, isEncrypted } = head;
  const { runs, clusterCount } = list;
  return { type, name, isCompressed, isEncrypted, firstVcn, clusterCount, runs, sizes, unitClusters };
}

/** The sizes; null when they can't be. */
function parseSizes(bytes: Uint8Array, { clusterBytes }: Geometry): Sizes | null {
  const sizes = { allocated: u64(bytes, 0x28), size: u64(bytes, 0x30), initialised: u64(bytes, 0x38) };
  const arePossible =
    Number.isFinite(sizes.allocated) &&
    sizes.allocated % clusterBytes === 0 &&
    sizes.size <= sizes.allocated &&
    sizes.initialised <= sizes.size;
  return arePossible ? sizes : null;
}

/** True when the runs cover just the VCNs that the record says. */
function spansAsToldBy(
  bytes: Uint8Array,
  firstVcn: number,
  clusterCount: number,
  sizes: Sizes | null,
  { clusterBytes }: Geometry,
): boolean {
  const hasNone = u32(bytes, 0x18) === NONE && u32(bytes, 0x1c) === NONE;
  const told = hasNone ? 0 : u64(bytes, 0x18) + 1 - firstVcn;
  if (told === clusterCount) return true;
  // A last VCN of 0 may also mean that this record has them all.
  return told === 1 && sizes !== null && sizes.allocated === clusterCount * clusterBytes;
}
