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

/** How a caller follows a procedure, and ends its wait. */
interface ProcedureOptions {
  /** Ends the wait of a reload early; the procedure goes on. */
  readonly signal?: AbortSignal;
  /** Called with each step as it begins. */
  readonly onStep?: (text: string) => void;
}

export interface ReloadOptions extends ProcedureOptions {
  /** Between unload and load, in milliseconds; 2,000 in the published persistence test. */
  readonly waitMs?: number;
}

export interface RebootOptions extends ProcedureOptions {
  /** Whether the power is cut, which loses any part of what was not flushed. */
  readonly powerLoss?: boolean;
  /** Decides what a power loss drops; the log names it. */
  readonly seed?: number;
  /** Assembles the devices again; called after the boot when setup-reassembly is loaded. */
  readonly reassemble?: () => Promise<unknown>;
}

/** The devices before a reload or reboot, and after it. */
export interface BeforeAndAfter {
  readonly before: DeviceInfo[];
  readonly after: DeviceInfo[];
}
