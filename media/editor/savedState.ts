import { isViewId, type ViewId } from '../../src/shared/protocol';
import type { Column } from './cursor';

/** What outlives the webview while it is hidden or the window reloads. */
export interface SavedState {
  readonly view: ViewId;
  /** Topmost row in rows of 16 bytes, with its fraction. */
  readonly topByte: number;
  readonly cursor: number;
  readonly anchor: number;
  readonly column: Column;
  readonly inspectorOpen: boolean;
}

/** What an earlier run of the webview left, or null if it is not to be understood. */
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
  return valid ? (value as SavedState) : null;
}
