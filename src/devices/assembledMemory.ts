import type * as vscode from 'vscode';
import type { DeviceSpec, MarkerSpec, RemapDevice } from '../engine';

const MEMENTO_KEY = 'remap.assembled';

/** What assembles a device again: its device file, or, for a device without one, what it was made from. */
export type RememberedDevice =
  | string
  | { main: string; spare: readonly string[]; flakey: string | null; markers: MarkerSpec };

/** Which devices were assembled in this workspace, so that a new window can start where the last one ended. */
export class AssembledMemory {
  constructor(private readonly memento: vscode.Memento) {}

  /** The devices that were assembled when {@link remember} was last called. */
  recall(): RememberedDevice[] {
    return this.memento.get<RememberedDevice[]>(MEMENTO_KEY, []);
  }

  /** Replaces the remembered devices by these. */
  async remember(devices: readonly RemapDevice[]): Promise<void> {
    await this.memento.update(
      MEMENTO_KEY,
      devices.map(({ spec }) => spec.deviceFile ?? withoutFile(spec)),
    );
  }
}

function withoutFile({ main, spares, flakey, markers }: DeviceSpec): RememberedDevice {
  return { main, spare: spares, flakey, markers };
}
