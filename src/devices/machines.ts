import { type Machine, type ModuleState, type RemapDevice, RemapError } from '../engine';
import type { AssembledDevices } from './registry';

/** A scenario that runs: its machine is shown beside the user's own, whose devices it doesn't touch. */
export interface RunningScenario {
  readonly machine: Machine;
  /** Marks the scenario's devices, and its lines in the log. */
  readonly name: string;
}

/** What the Modules view shows. */
export interface ShownModules {
  readonly modules: ModuleState[];
  /** The scenario whose modules these are; absent: they are the user's. */
  readonly scenario?: string;
}

/** The user's machine and those of running scenarios; their devices are shown as one list. */
export class Machines implements AssembledDevices {
  readonly #scenarios: RunningScenario[] = [];

  constructor(readonly own: Machine) {}

  /** Shows a scenario's machine until {@link delete}. */
  add(scenario: RunningScenario): void {
    this.#scenarios.push(scenario);
  }

  delete(scenario: RunningScenario): void {
    this.#scenarios.splice(this.#scenarios.indexOf(scenario), 1);
  }

  devices(): RemapDevice[] {
    return [this.own, ...this.#scenarios.map(({ machine }) => machine)].flatMap((machine) =>
      machine.devices(),
    );
  }

  /** The scenario that runs a device; undefined for a device of the user's own. */
  scenarioOf(device: RemapDevice): RunningScenario | undefined {
    return this.#scenarios.find(({ machine }) => machine.device(device.name) === device);
  }

  /** The machine that runs an assembled device. */
  of(device: RemapDevice): Machine {
    return this.scenarioOf(device)?.machine ?? this.own;
  }

  /** Answers the device if it is the user's own. @throws RemapError `EBUSY` for a device of a scenario */
  requireOwn(device: RemapDevice): RemapDevice {
    const scenario = this.scenarioOf(device);
    if (!scenario) return device;
    throw new RemapError(
      'EBUSY',
      `the device "${device.name}" belongs to a running scenario: ${scenario.name}`,
    );
  }

  /** The modules of the scenario that started last, or else the user's. */
  shownModules(): ShownModules {
    const scenario = this.#scenarios.at(-1);
    if (!scenario) return { modules: this.own.modules() };
    return { modules: scenario.machine.modules(), scenario: scenario.name };
  }
}
