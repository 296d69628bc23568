import type { DeviceEvent } from '../device/deviceContracts';

/** The modules of dm-remap v4, in load order. */
export const MODULE_NAMES = ['stats', 'real', 'metadata', 'spare-pool', 'setup-reassembly'] as const;
export type ModuleName = (typeof MODULE_NAMES)[number];

/** A module as `lsmod` would list it; `usedBy` names modules and devices that pin it. */
export interface ModuleState {
  readonly name: ModuleName;
  readonly loaded: boolean;
  readonly usedBy: string[];
}

/** One thing that happened on the machine, to a device or a module. Events come in the order in which things happened. */
export type MachineEvent =
  | DeviceEvent
  /** Modules were loaded or unloaded, or what keeps them loaded has changed. */
  | { readonly kind: 'modules' }
  | { readonly kind: 'created'; readonly device: string }
  /** `comesBack`: a reload or a reboot took it down, and is to bring it back. */
  | { readonly kind: 'removed'; readonly device: string; readonly comesBack: boolean }
  /** The power is being cut: from now on no request of a device is answered as if it had any. */
  | { readonly kind: 'powerLoss' };
