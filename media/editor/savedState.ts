import { isViewId, type ViewId } from '../../src/shared/protocol';
import type { Column } from './cursor';
import { parseStops, type Stops } from './placeHistory';

/** What a page saves for the next one, which comes when it is shown again or the window was reloaded. */
export interface SavedState {
  readonly view: ViewId;
  /** The byte at the top of the viewport. */
  readonly topByte: number;
  /** Byte offset of the cursor. */
  readonly cursor: number;
  readonly anchor: number;
  readonly column: Column;
  readonly inspectorOpen: boolean;
  /** Where Go Back and Go Forward lead. */
  readonly stops: Stops;
}

/** What an earlier page saved, or null if the value doesn't have that form. */
export function parseSavedState(value: unknown): SavedState | null {
  if (typeof value !== 'object' || value === null) return null;
  const state = value as Record<string, unknown>;
  const natural = (number: unknown) => Number.isSafeInteger(number) && (number as number) >= 0;
  const valid =
    isViewId(state.view) &&
    natural(state.topByte) &&
    natural(state.cursor) &&
    natural(state.anchor) &&
    (state.column === 'hex' || state.column === 'text') &&
    typeof state.inspectorOpen === 'boolean';
  return valid ? { ...(value as SavedState), stops: parseStops(state.stops) } : null;
}
