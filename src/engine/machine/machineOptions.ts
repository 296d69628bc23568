import type { Clock } from '../block/blockDevice';
import type { DeviceInfo } from '../device/deviceContracts';
import type { ModuleName } from './machineContracts';

export interface MachineOptions {
  readonly clock?: Clock;
  /** Loaded at boot, in load order; all of them unless given. */
  readonly modules?: readonly ModuleName[];
  /** Size of each disk's volatile write cache; 0 for disks without one. */
  readonly cacheBytes?: number;
}

/** Steps of a procedure as they are done, and how to stop between two. */
interface ProcedureOptions {
  readonly signal?: AbortSignal;
  readonly onStep?: (text: string) => void;
}

export interface ReloadOptions extends ProcedureOptions {
  /** Between unload and load, in milliseconds; 2,000 in the published test. */
  readonly waitMs?: number;
}

export interface RebootOptions extends ProcedureOptions {
  /** Drops what was not flushed, or any part of it. */
  readonly powerLoss?: boolean;
  /** Decides what a power loss drops; the log names it. */
  readonly seed?: number;
  /** What the boot scripts do when setup-reassembly is loaded. */
  readonly reassemble?: () => Promise<unknown>;
}

export interface BeforeAndAfter {
  readonly before: DeviceInfo[];
  readonly after: DeviceInfo[];
}
