import { SECTOR_SIZE } from '../../src/shared/protocol';
import { type Cursor, type Motion, placedAt } from './cursor';
import type { FoldUpdates } from './foldUpdates';
import type { OpenView } from './openView';

interface FoldStepsContext {
  /** The view that is shown, or null. */
  open(): OpenView | null;
  setCursor(cursor: Cursor): void;
  /** Gives the focus to the bytes. */
  focus(): void;
}

/** What clicks and keys do at folds. */
export class FoldSteps {
  constructor(
    private readonly folds: Pick<FoldUpdates, 'openAt' | 'closeAt'>,
    private readonly context: FoldStepsContext,
  ) {}

  /** Opens the fold of a sector, with the cursor at its start. @returns false if the sector is in none */
  open(sector: number): boolean {
    const open = this.context.open();
    const fold = open?.geometry.foldOfSector(sector);
    if (!open || !fold) return false;
    this.folds.openAt(sector);
    this.context.setCursor(placedAt(open.cursor, fold.first * open.geometry.sectorSize));
    this.context.focus();
    return true;
  }

  /** As {@link open}, of the fold under the cursor. */
  openHere(): boolean {
    return this.open(this.#sector);
  }

  /** Right opens the fold under the cursor, and Left at the start of one that was opened folds it. @returns true if so */
  step(motion: Motion): boolean {
    if (motion === 'right') return this.openHere();
    const open = this.context.open();
    const run = open?.folds.runAt(this.#sector);
    if (motion !== 'left' || !open || !run) return false;
    const { sectorSize } = open.geometry;
    const start = Math.ceil((run.first * SECTOR_SIZE) / sectorSize) * sectorSize;
    return open.cursor.byteOffset === start && this.folds.closeAt(run.first);
  }

  get #sector(): number {
    return Math.floor((this.context.open()?.cursor.byteOffset ?? 0) / SECTOR_SIZE);
  }
}
