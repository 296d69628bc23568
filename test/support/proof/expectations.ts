import { faultOfTag } from '../../../src/engine/block/mediumFault';
import type { ReadonlyRangeSet } from '../../../src/engine/block/rangeSet';
import type { StackRig } from './stackRig';

/**
 * Whether a sector of the device can be read: `flaky` if not at once but within the retries that the target promises
 * (R3), `perhaps` if it depends on chance.
 */
export type Readability = 'good' | 'bad' | 'flaky' | 'perhaps';

/** How often a failed read is tried again (R3). */
const RETRIES = 2;

/** Judges a sector by the place to which the table leads, and by what is wrong with that place. */
export function readabilityOf(rig: StackRig, sector: number): Readability {
  const { table } = rig.target;
  const slot = table.slotOf(sector);
  if (slot !== -1) return readabilityAt(rig.spare.bad, table.spareOf(slot));
  if (rig.flakey.isDown && rig.flakey.config!.errorReads) return 'bad';
  return readabilityAt(rig.main.bad, sector);
}

function readabilityAt(bad: ReadonlyRangeSet, sector: number): Readability {
  const tag = bad.tagOf(sector);
  if (tag === undefined) return 'good';
  const fault = faultOfTag(tag);
  if (fault.mode !== 'error' || fault.readFailures === undefined) return 'bad';
  return fault.readFailures <= RETRIES ? 'flaky' : 'perhaps';
}

/** Whether a write succeeds at the place to which the table leads. */
export function isWritable(rig: StackRig, sector: number): boolean {
  const { table } = rig.target;
  const slot = table.slotOf(sector);
  if (slot !== -1) return takesWrites(rig.spare.bad, table.spareOf(slot));
  if (rig.flakey.isDown && rig.flakey.config!.errorWrites) return false;
  return takesWrites(rig.main.bad, sector);
}

/** Whether main, without the table, takes a write to the sector and gives it back. */
export function isMainGoodAt(rig: StackRig, sector: number): boolean {
  return !rig.flakey.isDown && !rig.main.bad.has(sector);
}

function takesWrites(bad: ReadonlyRangeSet, sector: number): boolean {
  const tag = bad.tagOf(sector);
  if (tag === undefined) return true;
  const fault = faultOfTag(tag);
  return fault.mode === 'dust' && !fault.writeFailures;
}
