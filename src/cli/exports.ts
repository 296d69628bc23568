import { type ExportServer, type ExportSpec, exportDevices, type RemapDevice } from '../engine';
import type { ServedMachine } from './servedMachine';

/** What a serve does. */
export interface Serving {
  /** Real paths. */
  readonly deviceFiles: readonly string[];
  readonly listen: { readonly socketPath?: string } | { readonly tcpPort: number };
  readonly readOnly: boolean;
}

/** Offers each device, and read-only each of its images. Errors: `exportDevices`. */
export function exportAll({ machine }: ServedMachine, { listen, readOnly }: Serving): Promise<ExportServer> {
  const exports = machine.devices().flatMap((device) => exportsOf(device, readOnly));
  return exportDevices(machine, { exports, listen });
}

function exportsOf(device: RemapDevice, readOnly: boolean): ExportSpec[] {
  const { name, spec } = device;
  const spares = spec.spares.flatMap((_path, member): ExportSpec[] => {
    if (!device.hasSpare(member)) return [];
    const spareName = member === 0 ? `${name}/spare` : `${name}/spare-${member + 1}`;
    return [{ name: spareName, device: name, from: 'spare', member }];
  });
  return [{ name, device: name, readOnly }, { name: `${name}/main`, device: name, from: 'main' }, ...spares];
}
