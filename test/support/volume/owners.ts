import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import type { Doubt, FilePart, FileRecord, FileSystem } from '../../../src/engine/volume/volumeContracts';
import { UnreadableError } from '../../../src/engine/volume/volumeReader';
import type { FixtureOwner } from './volumeFixture';

/** What a file system says of one sector. */
export interface Owner {
  readonly kind: 'file' | 'dir' | 'meta' | 'free' | 'allocated' | 'bad' | 'outside' | 'unknown';
  readonly what?: string;
  readonly paths?: readonly string[];
  readonly fileOffset?: number;
  readonly slack?: boolean;
  readonly role?: FilePart['role'];
}

/** Answers owners from the contract of a file system alone, without our index: one walk, then a look-up. */
export class Owners {
  readonly records = new Map<number, FileRecord>();
  readonly doubts: Doubt[] = [];
  readonly #claims: { record: FileRecord; part: FilePart }[] = [];

  private constructor(private readonly fileSystem: FileSystem) {}

  static async of(fileSystem: FileSystem): Promise<Owners> {
    const owners = new Owners(fileSystem);
    for await (const record of fileSystem.files({ onDoubt: (doubt) => owners.doubts.push(doubt) })) {
      owners.records.set(record.id, record);
      owners.doubts.push(...record.doubts);
      for (const part of record.parts) owners.#claims.push({ record, part });
    }
    owners.#claims.sort((one, other) => one.part.sector - other.part.sector);
    return owners;
  }

  /** The files that claim a sector. */
  claimsOn(sector: number): { record: FileRecord; part: FilePart }[] {
    return this.#claims.filter(
      ({ part }) => sector >= part.sector && sector < part.sector + part.sectorCount,
    );
  }

  async ownerOf(sector: number): Promise<Owner> {
    const fileSystem = this.fileSystem;
    if (sector >= fileSystem.sectorCount) return { kind: 'outside' };
    const [claim] = this.claimsOn(sector);
    if (claim) return this.#claimed(claim, sector);
    try {
      const structure = await fileSystem.structureAt(sector);
      if (structure) return { kind: 'meta', what: structure.what };
    } catch (error) {
      if (!(error instanceof UnreadableError)) throw error;
      return { kind: 'unknown' };
    }
    const allocation = await fileSystem.allocationAt(sector);
    if (typeof allocation === 'object') return { kind: 'unknown' };
    if (allocation !== 'used') return { kind: allocation };
    return { kind: this.doubts.length > 0 ? 'unknown' : 'allocated' };
  }

  async #claimed({ record, part }: { record: FileRecord; part: FilePart }, sector: number): Promise<Owner> {
    const { kind, what = part.what, size } = record;
    if (kind === 'meta') return { kind, ...(what && { what }) };
    const fileOffset = (part.fileSector + sector - part.sector) * SECTOR_SIZE;
    return {
      kind,
      paths: await this.fileSystem.pathsOf(record.id),
      ...(part.role !== 'meta' && { fileOffset }),
      role: part.role,
      ...(part.role !== 'meta' && size !== null && kind === 'file' && fileOffset >= size && { slack: true }),
    };
  }
}

/** How an answer compares with what is expected: `less` where it says less, and nothing that is wrong. */
export function verdict(expected: FixtureOwner, answer: Owner): 'right' | 'less' | 'wrong' {
  if (answer.kind === 'unknown') return 'less';
  if (answer.kind !== expected.kind) return 'wrong';
  if (expected.kind === 'meta') return answer.what === expected.what ? 'right' : 'wrong';
  if (
    expected.fileOffset !== undefined &&
    answer.role !== 'meta' &&
    answer.fileOffset !== expected.fileOffset
  )
    return 'wrong';
  if (expected.path === undefined) return 'right';
  if ((expected.slack ?? false) !== (answer.slack ?? false)) return 'wrong';
  const paths = answer.paths ?? [];
  if (paths.includes(expected.path)) return 'right';
  return paths.every((path) => path.includes('(')) ? 'less' : 'wrong';
}
