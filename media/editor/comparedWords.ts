import type { SectorState } from './sectorCache';

/** What a sector's heading says of a comparison: `≠ 3 bytes differ`; empty for a sector that is equal or not compared. */
export function comparedWords(state: SectorState): string {
  if (state.state !== 'ready' || !state.compared) return '';
  const { kind, differing } = state.compared;
  if (kind === 'unknown') return '? not compared: can’t be read in one or both';
  if (kind === 'alone') return '+ only on this side';
  const count = differing.reduce((sum, differs) => sum + differs, 0);
  if (count === 0) return '';
  return count === 1 ? '≠ 1 byte differs' : `≠ ${count} bytes differ`;
}
