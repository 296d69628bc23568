import { BUILT_IN } from './catalog';
import { type DecodedStructure, decode } from './decode';
import type { FieldDescription, RecordDescription, StructureDescription } from './description';
import { type DiskSectors, readBytes } from './diskSectors';
import { extGroupDescriptor, extInode } from './formats/extRecords';

/** A place that a person takes for a structure, even if its bytes are not one. */
export interface Interpretation {
  readonly description: StructureDescription;
  readonly byteOffset: number;
}

/** Structures that have no mark of their own: only a person, or what leads to them, can tell them. */
export const UNMARKED: readonly StructureDescription[] = [
  ...BUILT_IN.flatMap(({ lists = [], name }) =>
    lists.slice(0, 1).map(({ record }) => asStructure(record, `${record.name}, as of a ${name}`)),
  ),
  asStructure(extInode, 'Inode of ext2/3/4'),
  asStructure(withoutLinks(extGroupDescriptor(1024, 0)), 'Group descriptor of ext2/3/4'),
];

function asStructure({ byteCount, order, fields }: RecordDescription, name: string): StructureDescription {
  return { name, byteCount, order, where: [], fields };
}

/** Without links: the size of a block isn't known. */
function withoutLinks(record: RecordDescription): RecordDescription {
  const fields = record.fields.map((field) => ('link' in field ? { ...field, link: undefined } : field));
  return { ...record, fields: fields as readonly FieldDescription[] };
}

/** Decodes what is at a place as that structure; where the disk ends before, fields are unreadable. */
export async function interpret(
  { description, byteOffset }: Interpretation,
  disk: DiskSectors,
): Promise<DecodedStructure> {
  const known = await readBytes(disk, byteOffset, description.byteCount);
  const { name, ...decoded } = decode(description, known, byteOffset);
  return { ...decoded, name: `${name} (as you said)` };
}
