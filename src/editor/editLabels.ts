import { formatCount } from '../contract/wording';
import type { EditKind } from '../shared/protocol';

/** What VS Code calls an edit of the page in its menu and in the history of undo. */
export function labelOfEdit(how: EditKind, byteCount: number): string {
  if (how === 'cleared') return 'Overwrite Sector with Zeros';
  return `${how === 'pasted' ? 'Paste' : 'Overwrite'} ${bytesInTitle(byteCount)}`;
}

export function labelOfFill(byteCount: number): string {
  return `Fill ${bytesInTitle(byteCount)}`;
}

export function labelOfFile(name: string, sector: number): string {
  return `Write ${name} at Sector ${sector}`;
}

function bytesInTitle(count: number): string {
  return count === 1 ? 'Byte' : `${formatCount(count)} Bytes`;
}
