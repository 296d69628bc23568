import { RemapError } from '../errors';

/** The most failures that can be counted: what dm-dust's write-fail count can hold. */
export const MAX_FAILURE_COUNT = 255;

/**
 * How a bad sector behaves.
 *
 * - `error`: reads and writes fail. With `readFailures: K` (for tests of retries, R3) the first K of each K + 1 reads fail
 *   and the last succeeds; writes always fail.
 * - `dust` (dm-dust, a drive that reallocates on write): reads fail until the sector is written. With
 *   `writeFailures: N` the next N writes fail too; the write after them succeeds and heals the sector.
 */
export type MediumFault =
  | { readonly mode: 'error'; readonly readFailures?: number }
  | { readonly mode: 'dust'; readonly writeFailures?: number };

/** Reads and writes always fail: the tag of a bad sector for which no other was given. */
export const ERROR_TAG = 0;

/** Reads fail, and the next write heals. */
export const DUST_TAG = 1;

const DUST_BIT = 1;
const LEFT_SHIFT = 1;
const LIMIT_SHIFT = 9;
const COUNT_MASK = 0xff;

/**
 * A fault as the tag of a bad sector in a `RangeSet`: bit 0 is the mode, bits 1 to 8 the failures still to come in this
 * cycle, bits 9 to 16 the failures of a whole cycle.
 * @throws RemapError `EINVAL` if a count is outside 0 to 255
 */
export function tagOfFault(fault: MediumFault): number {
  const isDust = fault.mode === 'dust';
  const count = (isDust ? fault.writeFailures : fault.readFailures) ?? 0;
  if (!Number.isInteger(count) || count < 0 || count > MAX_FAILURE_COUNT) {
    throw new RemapError('EINVAL', `a sector can fail 0 to ${MAX_FAILURE_COUNT} times, not ${count}`, {
      count,
    });
  }
  return isDust
    ? DUST_TAG | (count << LEFT_SHIFT)
    : ERROR_TAG | (count << LEFT_SHIFT) | (count << LIMIT_SHIFT);
}

/** The fault of a tag, without how far an intermittent one has got in its cycle. */
export function faultOfTag(tag: number): MediumFault {
  if (tag & DUST_BIT) {
    const writeFailures = failuresLeft(tag);
    return writeFailures ? { mode: 'dust', writeFailures } : { mode: 'dust' };
  }
  const readFailures = (tag >>> LIMIT_SHIFT) & COUNT_MASK;
  return readFailures ? { mode: 'error', readFailures } : { mode: 'error' };
}

/** What happens when a request meets a bad sector: whether it fails, and the sector's tag from then on. */
export interface FaultOutcome {
  readonly fails: boolean;
  readonly tag: number;
}

/** The outcome of a read of a bad sector. */
export function outcomeOfRead(tag: number): FaultOutcome {
  const limit = tag & DUST_BIT ? 0 : (tag >>> LIMIT_SHIFT) & COUNT_MASK;
  if (limit === 0) return { fails: true, tag };
  const left = failuresLeft(tag);
  const next = left === 0 ? limit : left - 1;
  return { fails: left > 0, tag: (limit << LIMIT_SHIFT) | (next << LEFT_SHIFT) };
}

/** The outcome of a write to a bad sector. A write that doesn't fail heals the sector once it is done. */
export function outcomeOfWrite(tag: number): FaultOutcome {
  if (!(tag & DUST_BIT)) return { fails: true, tag };
  const left = failuresLeft(tag);
  return left === 0 ? { fails: false, tag } : { fails: true, tag: DUST_TAG | ((left - 1) << LEFT_SHIFT) };
}

function failuresLeft(tag: number): number {
  return (tag >>> LEFT_SHIFT) & COUNT_MASK;
}
