import {
  type InjectOptions,
  mergeRanges,
  type RemapDevice,
  type SectorRange,
  type SectorView,
} from '../engine';
import type { ReadRequest } from './commandArguments';
import type { CommandResults } from './commandResults';

/*
 * What commands do with an assembled device, where that is more than one call of it: the extension and the command line
 * both answer with these.
 */

/** @throws RemapError as `RemapDevice.read` */
export async function readCommand(
  device: RemapDevice,
  { sector, count, from }: ReadRequest,
): Promise<CommandResults['read']> {
  const { bytes, failed } = await device.read(sector, count, { from });
  return {
    base64: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('base64'),
    failed,
    notRescued: notRescuedIn(device, from, failed),
  };
}

/** @throws RemapError as `RemapDevice.injectErrors` */
export async function injectCommand(
  device: RemapDevice,
  options: InjectOptions,
): Promise<CommandResults['injectErrors']> {
  const injection = await device.injectErrors(options);
  return { ...device.info(), injection };
}

/** Those of some sectors that a rescue map says were never rescued. */
function notRescuedIn(device: RemapDevice, view: SectorView, ranges: readonly SectorRange[]): SectorRange[] {
  const origins = ranges.flatMap(([first, count]) => device.origins(view, first, count));
  const found = origins.filter(({ kind }) => kind === 'notRescued');
  return mergeRanges(found.map(({ first, count }) => [first, count]));
}
