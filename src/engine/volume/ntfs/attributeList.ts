import type { Doubt } from '../volumeContracts';
import type { VolumeReader } from '../volumeReader';
import { UnreadableError } from '../volumeReader';
import { type Attribute, TYPE } from './attribute';
import { joinStream, readStream } from './attributeStream';
import type { Geometry } from './bootSector';
import { u16, u32 } from './littleEndian';
import { type MftRecord, parseReference, type Reference } from './mftRecord';

/** What attributes are read with. */
export interface RecordSource {
  readonly reader: VolumeReader;
  readonly geometry: Geometry;
  /** @throws UnreadableError */
  record(number: number): Promise<MftRecord>;
}

/** All attributes of a file that can be read. */
export interface Gathered {
  readonly attributes: readonly Attribute[];
  /** What of the records could not be read. */
  readonly doubts: readonly Doubt[];
  /** False when which records extend the file's own is not known in whole. */
  readonly knowsRecords: boolean;
}

const ENTRY_BYTES = 0x1a;
/** Windows keeps lists below 256 KiB. */
const LONGEST_LIST = 1024 * 1024;

/** The attributes of a file from its own record and all those that its attribute list names. */
export async function gatherAttributes(base: MftRecord, source: RecordSource): Promise<Gathered> {
  const listed = base.attributes.filter(({ type }) => type === TYPE.attributeList);
  const doubts = base.isWhole ? [] : [damage(base.number)];
  if (listed.length === 0) return { attributes: base.attributes, doubts, knowsRecords: base.isWhole };
  let list: readonly Reference[];
  try {
    list = await readList(base, listed, source);
  } catch (error) {
    doubts.push(doubtOf(error));
    return { attributes: base.attributes, doubts, knowsRecords: false };
  }
  const attributes = [...base.attributes];
  for (const reference of list) {
    try {
      const record = await source.record(reference.record);
      if (extendsRecord(record, reference, base)) attributes.push(...record.attributes);
      else doubts.push(mismatch(reference.record, base.number));
      if (!record.isWhole) doubts.push(damage(record.number));
    } catch (error) {
      doubts.push(doubtOf(error));
    }
  }
  return { attributes, doubts, knowsRecords: base.isWhole };
}

/**
 * The records that an attribute list names besides the base record, each once.
 * @throws UnreadableError
 */
export async function readList(
  base: MftRecord,
  listed: readonly Attribute[],
  source: Pick<RecordSource, 'reader' | 'geometry'>,
): Promise<Reference[]> {
  const what = `the attribute list of MFT record ${base.number}`;
  const stream = joinStream(listed, source.geometry, { type: TYPE.attributeList, name: '' });
  const size = stream.sizes?.size ?? 0;
  if (size > LONGEST_LIST || size === 0) throw source.reader.unreadable([], what);
  const bytes = await readStream(stream, source, 0, size, what);
  const references = new Map<number, Reference>();
  for (let at = 0; at < size; ) {
    const length = at + ENTRY_BYTES <= size ? u16(bytes, at + 4) : 0;
    if (length < ENTRY_BYTES || at + length > size || u32(bytes, at) === 0)
      throw source.reader.unreadable([], what);
    const reference = parseReference(bytes, at + 0x10);
    if (reference.record !== base.number) references.set(reference.record, reference);
    at += length;
  }
  return [...references.values()];
}

/** True when a record is in use, is the one that was meant, and extends the base record. */
export function extendsRecord(record: MftRecord, reference: Reference, base: MftRecord): boolean {
  return (
    record.inUse &&
    record.sequence === reference.sequence &&
    record.base?.record === base.number &&
    record.base.sequence === base.sequence
  );
}

/** The doubt of an error of reading; any other error is thrown on. */
export function doubtOf(error: unknown): Doubt {
  if (error instanceof UnreadableError) return error.doubt;
  throw error;
}

function damage(record: number): Doubt {
  return { reason: `MFT record ${record} is damaged`, ranges: [] };
}

function mismatch(record: number, base: number): Doubt {
  return {
    reason: `MFT record ${record} does not extend record ${base}, as its attribute list says`,
    ranges: [],
  };
}
