import type { Origin } from '../shared/protocol';

/** What was found out about the five copies. */
export interface CopyVerdicts {
  readonly copies: readonly {
    readonly index: number;
    readonly valid: boolean;
    readonly reason?: string;
    readonly sequence: number | null;
  }[];
  /** Index of the copy that counts. */
  readonly winner: number | null;
}

/** What the heading of a metadata copy's sectors says: the verdict on the copy, if it is known. */
export function copyOrigin(copy: number, verdicts: CopyVerdicts | null): Origin {
  const found = verdicts?.copies.find(({ index }) => index === copy);
  if (!found) return { kind: 'metadata', copy, valid: null, verdict: '' };
  const sequence = found.sequence === null ? '' : `, sequence ${found.sequence}`;
  const winner = verdicts?.winner === copy ? ', in use' : '';
  const verdict = found.valid
    ? `valid (CRC matches)${sequence}${winner}`
    : `not valid: ${found.reason || 'unknown reason'}${sequence}`;
  return { kind: 'metadata', copy, valid: found.valid, verdict };
}
