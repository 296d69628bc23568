import { isZero } from './codec/fieldLayout';
import { decodeScript } from './codec/scriptFormat';
import { MAGIC, MAX_ENTRIES, STRUCTURE_BYTES, structureChecksum, VERSION, v4Header } from './codec/v4';

/** Why a copy isn't valid. `unwritten`: it may not be complete, after a write that failed or is under way. */
export type InvalidReason =
  | 'unreadable'
  | 'unwritten'
  | 'script'
  | 'magic'
  | 'version'
  | 'checksum'
  | 'count'
  | 'health score'
  | 'timestamp';

/** A copy's sequence number and time stamp, which decide among copies. */
export interface CopyStamp {
  readonly sequence: bigint;
  /** Seconds since the epoch. */
  readonly timestamp: bigint;
}

/** The verdict on one copy. `stamp` of an invalid one is what its bytes say, where they can be read at all. */
export type CopyVerdict =
  | { readonly valid: true; readonly stamp: CopyStamp }
  | {
      readonly valid: false;
      readonly reason: InvalidReason;
      /** The reason with its figures, as it follows "copy 2 is not valid: ". */
      readonly detail: string;
      readonly stamp?: CopyStamp;
      /** True when the checksum holds, so that the stamp is as it was written. */
      readonly sealed?: boolean;
    };

const MAX_HEALTH_SCORE = 100;
/** How far in the future a copy's time stamp may lie: the clock of the machine that wrote it may be wrong by a day. */
const MAX_FUTURE_SECONDS = 86_400n;

/**
 * Judges one copy by the checks of the kernel, in its order (FORMAT.md, section 4). Any bytes give a
 * verdict; it never throws.
 * @param structure the copy's bytes from its start
 * @param nowMs milliseconds since the epoch
 */
export function validateCopy(structure: Uint8Array, nowMs: number): CopyVerdict {
  if (structure.length < STRUCTURE_BYTES) {
    return invalid('unreadable', `only ${structure.length} of its ${STRUCTURE_BYTES} bytes are there`);
  }
  const magic = v4Header.get(structure, 'magic');
  if (magic !== MAGIC) {
    return invalid(
      'magic',
      isZero(structure) ? 'it is all zeros' : `the magic is ${hex(magic)}, not ${hex(MAGIC)}`,
    );
  }
  const version = v4Header.get(structure, 'version');
  if (version !== VERSION) return invalid('version', `the version is ${version}, not ${VERSION}`);
  const stamp = stampOf(structure);
  if (decodeScript(structure)) {
    return invalid('script', "it holds the paths that dm-remap's scripts write, and no remaps", stamp);
  }
  const stored = v4Header.get(structure, 'metadata_checksum');
  const expected = structureChecksum(structure);
  if (stored !== expected) {
    return invalid('checksum', `the checksum is ${hex(stored)}, the bytes call for ${hex(expected)}`, stamp);
  }
  return judgeValues(structure, stamp, nowMs);
}

function judgeValues(structure: Uint8Array, stamp: CopyStamp, nowMs: number): CopyVerdict {
  const count = v4Header.get(structure, 'active_remaps');
  if (count > MAX_ENTRIES)
    return sealed('count', `it counts ${count} remaps, more than ${MAX_ENTRIES}`, stamp);
  const score = v4Header.get(structure, 'health.health_score');
  if (score > MAX_HEALTH_SCORE) {
    return sealed('health score', `the health score is ${score}, more than ${MAX_HEALTH_SCORE}`, stamp);
  }
  const ahead = stamp.timestamp - BigInt(Math.floor(nowMs / 1000));
  if (ahead > MAX_FUTURE_SECONDS) {
    return sealed('timestamp', `it was written ${ahead} seconds in the future, more than a day`, stamp);
  }
  return { valid: true, stamp };
}

/**
 * Chooses among the copies: the highest sequence number, then the highest time stamp, then the lowest index. As with
 * the kernel, a copy with both of them 0 is never chosen.
 * @param stamps of the valid copies, undefined for the others
 * @returns the winner's index, or null
 */
export function chooseWinner(stamps: readonly (CopyStamp | undefined)[]): number | null {
  let winner: number | null = null;
  let best: CopyStamp = { sequence: 0n, timestamp: 0n };
  for (const [index, stamp] of stamps.entries()) {
    if (!stamp || !isNewer(stamp, best)) continue;
    winner = index;
    best = stamp;
  }
  return winner;
}

function isNewer(a: CopyStamp, b: CopyStamp): boolean {
  return a.sequence > b.sequence || (a.sequence === b.sequence && a.timestamp > b.timestamp);
}

function stampOf(structure: Uint8Array): CopyStamp {
  return {
    sequence: v4Header.get(structure, 'sequence_number'),
    timestamp: v4Header.get(structure, 'timestamp'),
  };
}

function invalid(reason: InvalidReason, detail: string, stamp?: CopyStamp): CopyVerdict {
  return stamp ? { valid: false, reason, detail, stamp } : { valid: false, reason, detail };
}

function sealed(reason: InvalidReason, detail: string, stamp: CopyStamp): CopyVerdict {
  return { valid: false, reason, detail, stamp, sealed: true };
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(8, '0')}`;
}
