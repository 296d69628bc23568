import { RemapError } from '../engine';
import { SECTOR_SIZE, type ViewInfo } from '../shared/protocol';
import type { EditorSession } from './session';

/** The selection of an editor, and the view that it is in. */
export interface ChangeTarget {
  readonly view: ViewInfo;
  /** The selected bytes `[start, end)`. */
  readonly start: number;
  readonly end: number;
}

/** What is selected in an editor. @throws RemapError `ENODEV` where there is nothing to show */
export function selectedIn({ document, selection }: EditorSession): ChangeTarget {
  const view = document.source.views.find(({ id }) => id === selection?.view);
  if (!selection || !view) throw new RemapError('ENODEV', 'There is nothing to select yet.');
  return { view, start: selection.start, end: Math.min(selection.end, view.byteCount) };
}

/** As {@link selectedIn}, for a view that can be edited. @throws RemapError `EROFS` with the reason where it can't */
export function editableIn(session: EditorSession): ChangeTarget {
  const target = selectedIn(session);
  if (target.view.readOnlyReason !== null) throw new RemapError('EROFS', target.view.readOnlyReason);
  return target;
}

/** Whole sectors or bytes in words: `sectors 3 to 5`, `48 bytes from sector 3 + 16 on`. */
export function placeInWords(start: number, end: number): string {
  const first = Math.floor(start / SECTOR_SIZE);
  const last = Math.ceil(end / SECTOR_SIZE) - 1;
  if (start % SECTOR_SIZE === 0 && end % SECTOR_SIZE === 0) {
    return first === last ? `sector ${first}` : `sectors ${first} to ${last}`;
  }
  const count = end - start;
  const at = start % SECTOR_SIZE === 0 ? `${first}` : `${first} + ${start % SECTOR_SIZE}`;
  return `${count === 1 ? '1 byte' : `${count} bytes`} from sector ${at} on`;
}
