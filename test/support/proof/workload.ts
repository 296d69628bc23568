import fc from 'fast-check';
import { anyOperation, type DeviceOperation } from './operations';

/** The sectors that the workload writes to: few, so that they are remapped, rescued and overwritten again and again. */
export const WORKLOAD_SECTORS = 128;
export const WORKLOAD_OPERATIONS = 300;

const MIX = {
  hotSectors: 64,
  sectors: WORKLOAD_SECTORS,
  longestTransfer: 16,
  breakWeight: 12,
  disasters: false,
};

/** Another seed gives another workload, on request. */
const SEED = Number(process.env.REMAP_WORKLOAD_SEED) || 3;

export interface WorkloadOptions {
  /** Whether sectors move back to main: each such move writes a large table anew. */
  readonly unremaps: boolean;
}

/**
 * The same operations every time: writes, failing writes, bursts, rescues, flushes, suspensions, reloads, repairs, spare
 * sectors that fail.
 */
export function workload({ unremaps }: WorkloadOptions): DeviceOperation[] {
  return fc.sample(anyOperation({ ...MIX, unremaps }), { seed: SEED, numRuns: WORKLOAD_OPERATIONS });
}
