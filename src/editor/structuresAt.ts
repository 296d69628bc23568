import type { VolumeLook } from '../devices/volumeLook';
import { printable, RemapError } from '../engine';
import { type Answers, SECTOR_SIZE, type ViewId } from '../shared/protocol';
import {
  type DecodedField,
  type DecodedLink,
  type DecodedStructure,
  type DiskSectors,
  decodeVolumeRecords,
  type Interpretation,
  interpret,
  KnownBytes,
  recognizeAt,
  recordsAt,
  type StructureDescription,
} from '../structure';
import type { SearchedBytes } from './searchedBytes';

/** What is looked for, and what a person has said. */
export interface SoughtStructures {
  readonly descriptions: readonly StructureDescription[];
  readonly interpretations: readonly (Interpretation & { readonly view: ViewId })[];
}

/** What structures are looked for in. */
export interface StructurePlaces extends SoughtStructures {
  readonly view: ViewId;
  /** All views of the document: a link may lead to another one. */
  readonly views: readonly ViewId[];
  readonly bytes: SearchedBytes;
  /** What is in the file systems of the view; null: none are looked into. */
  readonly volumes: VolumeLook | null;
}

/**
 * The structures that a sector of a view is part of, unsaved edits included. What can't be read is said of each field.
 * @throws RemapError `EINVAL` for a sector that isn't in the view
 */
export async function structuresAt(
  places: StructurePlaces,
  sector: number,
  signal: AbortSignal,
): Promise<Answers<'structures'>> {
  const { byteCount } = places.bytes;
  if (sector >= Math.ceil(byteCount / SECTOR_SIZE))
    throw new RemapError('EINVAL', `There is no sector ${sector}.`);
  const disk = diskOf(places.bytes, signal);
  if (sector >= disk.sectorCount) return [];
  const here = places.interpretations.filter(
    ({ view, byteOffset, description }) =>
      view === places.view &&
      byteOffset < (sector + 1) * SECTOR_SIZE &&
      byteOffset + description.byteCount > sector * SECTOR_SIZE,
  );
  const found = [
    ...(await Promise.all(here.map((each) => interpret(each, disk)))),
    ...(await recognizeAt(sector, disk, places.descriptions)),
    ...(await recordsAt(sector, disk, places.descriptions)),
    ...(await volumeRecordsAt(places.volumes, sector, disk)),
  ];
  return found.map((structure) => shown(structure, places));
}

/** The whole sectors of a view, in which structures are looked for. */
export function diskOf({ byteCount, read }: SearchedBytes, signal: AbortSignal): DiskSectors {
  return {
    sectorCount: Math.floor(byteCount / SECTOR_SIZE),
    read: async (first, count) => {
      signal.throwIfAborted();
      if (count === 0) return new KnownBytes(new Uint8Array(0));
      const { bytes, unreadable } = await read(first, count, signal);
      const gaps = unreadable.map((run) => {
        const from = (run.first - first) * SECTOR_SIZE;
        return [from, from + run.count * SECTOR_SIZE] as const;
      });
      return new KnownBytes(bytes, gaps);
    },
  };
}

/** The records of the volume that a sector is in. A disk whose volumes can't be looked at has none. */
async function volumeRecordsAt(
  volumes: VolumeLook | null,
  sector: number,
  disk: DiskSectors,
): Promise<DecodedStructure[]> {
  const found = await volumes?.disk().then(
    (known) => known.recordsAt(sector),
    () => null,
  );
  return found ? [await decodeVolumeRecords(found.records, found.first, disk)] : [];
}

function shown(structure: DecodedStructure, places: StructurePlaces): Answers<'structures'>[number] {
  return {
    ...structure,
    name: printable(structure.name),
    fields: structure.fields.map((field) => ({
      ...field,
      ...wordsOf(field),
      link: linkOf(field.link, places),
    })),
  };
}

function wordsOf({ name, value, meaning }: DecodedField) {
  return { name: printable(name), value: printable(value), meaning: printable(meaning) };
}

/** Where a link leads among the views of the document; null where none of them shows it. */
function linkOf(link: DecodedLink | null, { view, views }: StructurePlaces) {
  if (!link) return null;
  const { byteOffset, member } = link;
  const wanted = link.of === 'here' ? view : link.of === 'device' ? 'device' : spareView(member);
  // A spare by itself shows its own sectors.
  const target = views.includes(wanted) ? wanted : link.of === 'spare' && member === 0 ? view : null;
  return target && { view: target, byteOffset };
}

function spareView(member: number): ViewId {
  return member === 0 ? 'spare' : `spare${member}`;
}
