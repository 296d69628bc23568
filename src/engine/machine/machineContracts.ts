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

/** One thing that happened on the machine, in the order it happened: to a device, or to modules and devices as such. */
export type MachineEvent =
  | DeviceEvent
  | { readonly kind: 'modules' }
  | { readonly kind: 'created' | 'removed'; readonly device: string };
