import type { MachineEvent } from '../engine';

/** What views, editors and the status bar follow. Events come in the order in which things happened. */
export type DevicesEvent =
  | MachineEvent
  /** Which rescue maps are used may have changed. */
  | { readonly kind: 'maps' }
  /** The known device files, or the problems of devices, may have changed. */
  | { readonly kind: 'registry' }
  /** The workspace's images may have changed. */
  | { readonly kind: 'images' }
  /** The device of {@link DevicesService.focus} may have changed. */
  | { readonly kind: 'focus' }
  /** The exports of a device, their clients or what these do have changed. */
  | { readonly kind: 'exports'; readonly device: string }
  /** Markers or metadata of a device were checked. */
  | { readonly kind: 'verdicts'; readonly device: string };
