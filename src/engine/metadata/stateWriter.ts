import type { BlockDevice } from '../block/blockDevice';
import type { CommitPlan, CopySet } from './copySet';
import type { StateChange, StateMaker } from './stateMaker';
import type { TableRoom } from './tableRoom';

/**
 * Makes the next state and brings it to the copies. After each write it tells the room for large tables which of them
 * the copies may name, whether the write succeeded or not: what is named on disk must not be overwritten.
 */
export class StateWriter {
  readonly #spare: BlockDevice;
  readonly #states: StateMaker;
  readonly #copies: CopySet;
  readonly #room: TableRoom;
  #hasFlushed = false;
  #isInDoubt = false;

  constructor(spare: BlockDevice, states: StateMaker, copies: CopySet, room: TableRoom) {
    this.#spare = spare;
    this.#states = states;
    this.#copies = copies;
    this.#room = room;
    this.updateRoom();
  }

  /** True after a {@link write} that failed and may be on disk all the same, until one succeeds. */
  get isInDoubt(): boolean {
    return this.#isInDoubt;
  }

  /** Whether the spare was flushed since it was opened, so that the state found there is surely durable. */
  get hasFlushed(): boolean {
    return this.#hasFlushed;
  }

  /** @throws BlockError when the flush fails */
  async flush(): Promise<void> {
    await this.#spare.flush();
    this.#hasFlushed = true;
  }

  /** Makes the next state, and finds out with which copies its commit begins. Writes nothing. */
  plan(change: StateChange): Promise<CommitPlan> {
    return this.#copies.plan(this.#states.next(change));
  }

  /**
   * Makes a planned state durable. From now on it is the base of the next one, even if this fails.
   * @throws RemapError as {@link CopySet.commit} has it; {@link isInDoubt} is true then
   */
  async write(plan: CommitPlan): Promise<void> {
    this.#states.setBase(plan.state);
    try {
      await this.#copies.commit(plan);
      this.#isInDoubt = false;
    } catch (error) {
      this.#isInDoubt = true;
      throw error;
    } finally {
      this.updateRoom();
    }
  }

  /**
   * Brings the newest state to the other copies, to those that failed before only if `retry`.
   * @throws BlockError when a flush fails
   */
  async settle(retry: boolean): Promise<void> {
    try {
      await this.#copies.settle(retry);
    } finally {
      this.updateRoom();
    }
  }

  /** Gives back the room that a large table took and that no copy may name. */
  updateRoom(): void {
    this.#room.setNamed([...this.#copies.namedTables(), this.#states.base.table]);
  }
}
