import type { Clock } from '../block/blockDevice';
import { RemapError } from '../errors';
import { MAX_BAD_SPARES } from './codec/extras';
import type { CommitBatch } from './commitBatch';
import type { SlotEntry } from './entry';
import type { MetadataState } from './metadataState';
import { changeStructure, type EntryPlacing, entryCountOf } from './stateChange';
import type { TableState } from './tableExtents';

/** What the structure can hold. */
export const MAX_SEQUENCE = 2n ** 64n - 1n;

/** What the next state changes; what is absent stays as it was. */
export type StateChange = Partial<Omit<CommitBatch, 'changed' | 'nextSpare'>> & {
  readonly nextSpare: number;
  readonly changed?: readonly SlotEntry[];
  readonly table?: TableState;
  /** Absent on a spare that is of no pool, and where the entries stay as they are. */
  readonly placing?: EntryPlacing;
};

/** Makes one state of the structure after the other, each with a sequence number above all that were seen before (R7). */
export class StateMaker {
  readonly #clock: Clock;
  #base: MetadataState;
  #highestSequence: bigint;

  /** @param spareSectorCount the size of the spare, which each state names */
  constructor(
    base: MetadataState,
    highestSequence: bigint,
    clock: Clock,
    private readonly spareSectorCount: number,
  ) {
    this.#base = base;
    this.#highestSequence = highestSequence;
    this.#clock = clock;
  }

  /** The last state that any copy was given, acknowledged or not: the next one is made of it. */
  get base(): MetadataState {
    return this.#base;
  }

  get highestSequence(): bigint {
    return this.#highestSequence;
  }

  /** Makes the next state; it becomes the base once a copy is given it. */
  next(change: StateChange): MetadataState {
    const sequence = this.#highestSequence + 1n;
    if (sequence > MAX_SEQUENCE) {
      throw new RemapError('EINVAL', "the metadata's sequence number can't be raised");
    }
    const before = this.#base.extras;
    const table = change.table ?? before.table;
    const badSpares = [...(change.badSpares ?? before.badSpares)].sort((a, b) => b - a);
    return changeStructure(this.#base, {
      sequence,
      timestamp: BigInt(Math.floor(this.#clock.now() / 1000)),
      entryCount: change.entryCount ?? entryCountOf(this.#base),
      changed: change.changed ?? [],
      nextSpare: change.nextSpare,
      spareSectorCount: this.spareSectorCount,
      health: change.health ?? {},
      ...(change.placing && { placing: change.placing }),
      extras: {
        table,
        badSpares: badSpares.slice(0, MAX_BAD_SPARES),
        mainIdentity: change.mainIdentity ?? before.mainIdentity,
        pool: change.pool ?? before.pool,
      },
    });
  }

  /** Called just before a copy is given the state: from now on its sequence number may be found on disk. */
  setBase(state: MetadataState): void {
    this.#base = state;
    this.#highestSequence = state.sequence;
  }
}
