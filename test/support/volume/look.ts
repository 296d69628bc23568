import type { Doubt, FileSystem } from '../../../src/engine/volume/volumeContracts';
import type { VolumeReader } from '../../../src/engine/volume/volumeReader';
import { BytesSource } from './volumeFixture';

/** All that a walk of a file system tells, in a short form. */
export interface Seen {
  /** By path: `role fileSector:sector+count` of each part. */
  readonly files: Readonly<Record<string, string>>;
  /** The reasons of all doubts, those of a file with its path before. */
  readonly doubts: readonly string[];
}

/** Walks a file system. */
export async function look(fileSystem: FileSystem): Promise<Seen> {
  const files: Record<string, string> = {};
  const doubts: string[] = [];
  const own: [number, readonly Doubt[]][] = [];
  const parts = new Map<number, string[]>();
  for await (const record of fileSystem.files({ onDoubt: ({ reason }) => doubts.push(reason) })) {
    const list = parts.get(record.id) ?? [];
    parts.set(record.id, list);
    for (const { role, what, fileSector, sector, sectorCount } of record.parts)
      list.push(`${what ?? record.what ?? role} ${fileSector}:${sector}+${sectorCount}`);
    own.push([record.id, record.doubts]);
  }
  const pathOf = async (id: number) => (await fileSystem.pathsOf(id))[0] ?? `object ${id}`;
  for (const [id, list] of parts) files[await pathOf(id)] = list.join(', ');
  for (const [id, list] of own) for (const { reason } of list) doubts.push(`${await pathOf(id)}: ${reason}`);
  return { files, doubts };
}

/** Opens the file system in an image, of which some sectors may be unreadable. */
export async function opened(
  open: (reader: VolumeReader) => Promise<FileSystem | null>,
  bytes: Uint8Array,
  unreadable: readonly number[] = [],
): Promise<FileSystem> {
  const fileSystem = await open(new BytesSource(bytes, new Set(unreadable)).reader());
  if (!fileSystem) throw new Error('not recognised');
  return fileSystem;
}
