import { basename } from 'node:path';
import { describeFlakey } from '../contract/faultWords';
import {
  describeStatusOf,
  printable,
  type RemapDevice,
  type SectorOrigin,
  type SectorRange,
  type SectorView,
} from '../engine';
import type { UnreadableRun } from '../shared/protocol';

/** Why sectors of a device's view can't be read: a run for each reason. */
export function unreadableReasons(
  device: RemapDevice,
  view: SectorView,
  member: number,
  [first, count]: SectorRange,
): UnreadableRun[] {
  return device.origins(view, first, count, member).map((origin) => ({
    first: origin.first,
    count: origin.count,
    message: printable(reasonOf(device, view, member, origin)),
  }));
}

function reasonOf(device: RemapDevice, view: SectorView, member: number, origin: SectorOrigin): string {
  if (origin.stray) {
    return `The remap of this sector leads nowhere: to spare sector ${origin.at}, which holds no data. Write the sector, relocate remaps, or drop this one.`;
  }
  const { main, spares } = device.spec;
  const onSpare = view === 'spare' ? member : origin.detail;
  const image = basename((onSpare === undefined ? main : spares[onSpare]) ?? '');
  if (origin.kind === 'bad') return `Medium error on ${image}, sector ${origin.at}.`;
  if (origin.status !== undefined) {
    return `By its rescue map, ${image} holds no data in sector ${origin.at}: ${describeStatusOf(origin.status)}. Writing the sector gives it data.`;
  }
  const flakey = view === 'device' ? device.flakeyTable : null;
  return `The read failed with an I/O error (EIO).${flakey ? ` The layer dm-flakey over main ${describeFlakey(flakey)} (${flakey}).` : ''}`;
}
