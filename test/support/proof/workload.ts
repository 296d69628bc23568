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

/**
 * The same operations every time: writes, failing writes, bursts, rescues, flushes, suspensions, reloads, repairs, spare
 * sectors that fail.
 */
export function workload(): DeviceOperation[] {
  return fc.sample(anyOperation(MIX), { seed: SEED, numRuns: WORKLOAD_OPERATIONS });
}
