import { type Machine, type ModuleState, type RemapDevice, RemapError } from '../engine';
import type { AssembledDevices } from './registry';

/** The machine of a running scenario: it is shown beside the user's own, whose devices it doesn't touch. */
export interface Guest {
  readonly machine: Machine;
  /** The scenario's name, by which its devices and its lines in the log are marked. */
  readonly label: string;
}

/** What the Modules view shows. */
export interface ShownModules {
  readonly modules: ModuleState[];
  /** The scenario whose modules these are; absent: they are the user's. */
  readonly scenario?: string;
}

/** The user's machine and the guests; their devices are shown as one list. */
export class Machines implements AssembledDevices {
  readonly #guests: Guest[] = [];

  constructor(readonly own: Machine) {}

  add(guest: Guest): void {
    this.#guests.push(guest);
  }

  delete(guest: Guest): void {
    this.#guests.splice(this.#guests.indexOf(guest), 1);
  }

  devices(): RemapDevice[] {
    return [this.own, ...this.#guests.map(({ machine }) => machine)].flatMap((machine) => machine.devices());
  }

  /** The guest that runs a device; undefined for a device of the user's own. */
  guestOf(device: RemapDevice): Guest | undefined {
    return this.#guests.find(({ machine }) => machine.device(device.name) === device);
  }

  /** The machine that runs an assembled device. */
  of(device: RemapDevice): Machine {
    return this.guestOf(device)?.machine ?? this.own;
  }

  /** Answers the device if it is the user's own. @throws RemapError `EBUSY` for a device of a guest */
  requireOwn(device: RemapDevice): RemapDevice {
    const guest = this.guestOf(device);
    if (!guest) return device;
    throw new RemapError(
      'EBUSY',
      `the device "${device.name}" belongs to a running scenario: ${guest.label}`,
    );
  }

  /** The modules of the guest that came last, or else the user's. */
  shownModules(): ShownModules {
    const guest = this.#guests.at(-1);
    if (!guest) return { modules: this.own.modules() };
    return { modules: guest.machine.modules(), scenario: guest.label };
  }
}
