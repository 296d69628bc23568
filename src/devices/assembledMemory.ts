import type * as vscode from 'vscode';
import type { DeviceSpec, MarkerSpec } from '../engine';

const MEMENTO_KEY = 'remap.assembled';

/**
 * What assembles a device again: its device file, or, for a device without one, what it was made from. `readOnly`: why
 * it is opened read-only; absent: for writing, if it may be.
 */
export type RememberedDevice =
  | string
  | { deviceFile: string; readOnly: string }
  | {
      main: string;
      spare: readonly string[];
      flakey: string | null;
      markers: MarkerSpec;
      map?: string;
      readOnly?: string;
    };

/** Which devices were assembled in this workspace, so that a new window can start where the last one ended. */
export class AssembledMemory {
  constructor(private readonly memento: vscode.Memento) {}

  /** The devices that were assembled when {@link remember} was last called. */
  recall(): RememberedDevice[] {
    return this.memento.get<RememberedDevice[]>(MEMENTO_KEY, []);
  }

  /** Replaces the remembered devices by these. */
  async remember(devices: readonly DeviceSpec[]): Promise<void> {
    await this.memento.update(MEMENTO_KEY, devices.map(remembered));
  }
}

function remembered({
  deviceFile,
  main,
  spares,
  flakey,
  markers,
  map,
  readOnly,
}: DeviceSpec): RememberedDevice {
  const kept = readOnly === undefined ? {} : { readOnly };
  if (deviceFile === null)
    return {
      main,
      spare: spares,
      flakey,
      markers,
      ...(map !== undefined && { map }),
      ...kept,
    };
  return readOnly === undefined ? deviceFile : { deviceFile, readOnly };
}
