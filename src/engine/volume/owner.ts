import type { Claim, DoubtList } from './claim';
import type { Allocation, Doubt, FileSystem, Structure } from './volumeContracts';
import { UnreadableError } from './volumeReader';

/**
 * Whose a sector is. `slack`: allocated to a file, past its size. `allocated`: in use, every map was readable, and no file
 * claims it. `outside`: in no file system. `unknown`: it can't be known, and `why` says so.
 */
type OwnerKind = 'file' | 'dir' | 'meta' | 'slack' | 'free' | 'allocated' | 'outside' | 'unknown';

/** What can be said of one sector of a disk. */
export interface Owner {
  /** From the start of the disk. */
  readonly sector: number;
  readonly kind: OwnerKind;
  /** The number of the volume. */
  readonly volume?: number;
  readonly path?: string;
  /** Other names of the same file. */
  readonly otherPaths?: readonly string[];
  /** Where in the file or stream the sector begins, in bytes; absent where it has no exact place. */
  readonly fileOffset?: number;
  /** The structure; of a file's sector what is special: `unwritten`, `compressed`. */
  readonly what?: string;
  /** The block group or the number of a record. */
  readonly group?: number;
  /** Why it isn't known, or what contradicts the answer. */
  readonly why?: string;
  /** Others that claim the sector too: of all claims at most one can be right. */
  readonly otherOwners?: readonly Owner[];
}

/** What a walk of the files told. */
export interface KnownClaims {
  claimsOn(sector: number): Claim[];
  readonly doubts: DoubtList;
}

/** The rules by which a sector of a file system gets its owner: the only place that has them. */
export class OwnerRules {
  /** @param first where the volume begins on the disk */
  constructor(
    readonly fileSystem: FileSystem,
    readonly volume: number,
    readonly first: number,
  ) {}

  /**
   * What needs no walk: the layout, or a bitmap that says free. A file that claims a free sector all the same is told by
   * {@link owner} alone.
   * @param sector from the start of the volume
   * @returns null when the files must be asked
   */
  async quickOwner(sector: number): Promise<Owner | null> {
    const placed = await this.#placedOwner(sector);
    if (placed instanceof Object && 'kind' in placed) return placed;
    return (await this.#allocation(sector)) === 'free' ? this.#answer(sector, { kind: 'free' }) : null;
  }

  /**
   * The owner of a sector: what the layout says, else the file that claims it, else what the bitmap says.
   * @param sector from the start of the volume
   */
  async owner(sector: number, known: KnownClaims): Promise<Owner> {
    const placed = await this.#placedOwner(sector);
    if (placed instanceof Object && 'kind' in placed) return placed;
    const allocation = await this.#allocation(sector);
    const claims = known.claimsOn(sector);
    if (claims.length > 0) return this.#claimed(sector, claims, allocation);
    if (allocation === 'free') return this.#answer(sector, { kind: 'free' });
    if (allocation === 'bad') return this.#answer(sector, { kind: 'meta', what: 'marked-bad' });
    if (allocation !== 'used') return this.#answer(sector, { kind: 'unknown', why: whyOf([allocation], 1) });
    const doubts = placed ? [placed, ...known.doubts.kept] : known.doubts.kept;
    const count = known.doubts.count + (placed ? 1 : 0);
    return this.#answer(
      sector,
      count === 0 ? { kind: 'allocated' } : { kind: 'unknown', why: `in use, but ${whyOf(doubts, count)}` },
    );
  }

  /** What the layout says; a doubt where what would tell can't be read. */
  async #placedOwner(sector: number): Promise<Owner | Doubt | null> {
    if (sector >= this.fileSystem.sectorCount) return this.#answer(sector, { kind: 'outside' });
    try {
      const structure = await this.fileSystem.structureAt(sector);
      return structure && this.#answer(sector, await this.#structure(structure));
    } catch (error) {
      if (error instanceof UnreadableError) return error.doubt;
      throw error;
    }
  }

  async #structure({ what, group, fileId }: Structure): Promise<Told> {
    const paths = fileId === undefined ? {} : await this.#paths(fileId);
    return { kind: 'meta', what, ...(group !== undefined && { group }), ...paths };
  }

  async #allocation(sector: number): Promise<Allocation> {
    try {
      return await this.fileSystem.allocationAt(sector);
    } catch (error) {
      if (error instanceof UnreadableError) return error.doubt;
      throw error;
    }
  }

  async #claimed(sector: number, claims: readonly Claim[], allocation: Allocation): Promise<Owner> {
    const [owner, ...others] = await Promise.all(claims.map((claim) => this.#claim(sector, claim)));
    const isShared = claims.every(({ part }) => part.role === 'meta' && part.what === 'xattr');
    const reasons: string[] = [];
    if (others.length > 0 && !isShared) reasons.push(MANY_CLAIMS);
    if (allocation === 'free') reasons.push('the allocation bitmap calls the sector free');
    if (allocation === 'bad') reasons.push('the sector is marked bad');
    const paths = [...(owner!.otherPaths ?? []), ...others.flatMap(pathsOf)];
    return {
      ...owner!,
      ...(isShared && paths.length > 0 && { otherPaths: paths }),
      ...(!isShared && others.length > 0 && { otherOwners: others }),
      ...(reasons.length > 0 && { why: reasons.join('; ') }),
    };
  }

  async #claim(sector: number, { file, part, fileOffset }: Claim): Promise<Owner> {
    const paths = await this.#paths(file.id, file.kind === 'file' ? part.stream?.name : undefined);
    if (part.role === 'meta')
      return this.#answer(sector, { kind: 'meta', what: part.what ?? 'meta', ...paths });
    if (part.role === 'packed')
      return this.#answer(sector, { kind: file.kind, what: 'compressed', ...paths });
    const size = part.stream ? part.stream.size : file.size;
    const isSlack = file.kind !== 'meta' && size !== null && fileOffset >= size;
    const what = file.what ?? (part.role === 'unwritten' ? 'unwritten' : undefined);
    return this.#answer(sector, {
      kind: isSlack ? 'slack' : file.kind,
      ...(what && { what }),
      ...paths,
      fileOffset,
    });
  }

  async #paths(id: number, stream?: string): Promise<Pick<Owner, 'path' | 'otherPaths'>> {
    const paths = await this.fileSystem.pathsOf(id);
    const [path, ...otherPaths] = stream ? paths.map((name) => `${name}:${stream}`) : paths;
    return { ...(path !== undefined && { path }), ...(otherPaths.length > 0 && { otherPaths }) };
  }

  #answer(sector: number, told: Told): Owner {
    return { sector: this.first + sector, volume: this.volume, ...told };
  }
}

type Told = Omit<Owner, 'sector' | 'volume'>;

const MANY_CLAIMS = 'more than one file claims the sector: at least one of their maps is wrong';
const SHOWN_RANGES = 4;

function pathsOf({ path, otherPaths = [] }: Owner): readonly string[] {
  return path === undefined ? otherPaths : [path, ...otherPaths];
}

/** Doubts in words: the first, with its sectors, and how many more there are. */
function whyOf([first]: readonly Doubt[], count: number): string {
  if (!first) return 'not everything could be read';
  const shown = first.ranges
    .slice(0, SHOWN_RANGES)
    .map(([at, length]) => `${at}${length > 1 ? `-${at + length - 1}` : ''}`);
  const more = first.ranges.length > SHOWN_RANGES ? ', …' : '';
  const where = shown.length > 0 ? ` (sectors ${shown.join(', ')}${more})` : '';
  return `${first.reason}${where}${count > 1 ? `, and ${count - 1} more` : ''}`;
}
