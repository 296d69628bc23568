import type { Origin } from '../shared/protocol';

/** What an inspection of a spare found of its five metadata copies. */
export interface CopyVerdicts {
  readonly copies: readonly {
    readonly index: number;
    readonly valid: boolean;
    readonly reason?: string;
    readonly stale?: boolean;
    readonly sequence: number | null;
  }[];
  /** Index of the copy that is in use, or null if none is valid. */
  readonly winner: number | null;
}

/** The origin of the sectors of a metadata copy, with the verdict on the copy; without it while `verdicts` is null. */
export function copyOrigin(copy: number, verdicts: CopyVerdicts | null): Origin {
  const found = verdicts?.copies.find(({ index }) => index === copy);
  if (!found) return { kind: 'metadata', copy, valid: null, verdict: '' };
  const state = found.sequence === null ? '' : `, state ${found.sequence} of the remap table`;
  const winner = verdicts?.winner === copy ? ', in use' : '';
  const stale = found.stale ? ', older than the one in use' : '';
  const verdict = found.valid
    ? `valid (CRC matches)${state}${stale}${winner}`
    : `not valid: ${found.reason || 'unknown reason'}${state}`;
  return { kind: 'metadata', copy, valid: found.valid, verdict };
}
