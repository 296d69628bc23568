import type { BlockDevice } from '../block/blockDevice';
import type { MetadataStore } from '../metadata/metadataStore';
import type { SpareAllocator } from './spareAllocator';

/** One spare of a device. A spare that is missing has no block device: its sectors answer EIO, the rest goes on. */
export interface SpareMember {
  readonly index: number;
  readonly device: BlockDevice | null;
  /** Null while the metadata module isn't loaded: then entries live in memory only. */
  readonly store: MetadataStore | null;
  readonly allocator: SpareAllocator;
}

/** A run of freshly allocated spare sectors. */
export interface SpareRun {
  readonly member: SpareMember;
  readonly first: number;
  readonly count: number;
}

/** The spares of a device, in the order in which allocation fills them. */
export class SparePool {
  readonly #members: SpareMember[];

  constructor(members: readonly SpareMember[]) {
    this.#members = [...members];
  }

  get members(): readonly SpareMember[] {
    return this.#members;
  }

  get free(): number {
    return this.#present().reduce((sum, member) => sum + member.allocator.free, 0);
  }

  member(index: number): SpareMember {
    return this.#members[index]!;
  }

  /** Puts a member at its index: one that is new, or one that has changed. */
  replace(member: SpareMember): void {
    this.#members[member.index] = member;
  }

  /** Runs for up to `sectorCount` sectors, spilling to the next spare; fewer when all are full (R5). */
  allocate(sectorCount: number): SpareRun[] {
    const runs: SpareRun[] = [];
    let left = sectorCount;
    for (const member of this.#present()) {
      while (left > 0) {
        const run = member.allocator.allocate(left);
        if (!run) break;
        runs.push({ member, ...run });
        left -= run.count;
      }
    }
    return runs;
  }

  async flush(): Promise<void> {
    await Promise.all(this.#present().map((member) => member.device!.flush()));
  }

  #present(): SpareMember[] {
    return this.#members.filter((member) => member.device !== null);
  }
}
