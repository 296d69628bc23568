import { SECTOR_SIZE } from '../block/blockDevice';
import { describeSectors } from '../block/blockFailures';
import { DataRuns, findDataRuns, SMALL_FILE_BYTES } from '../block/dataRuns';
import { openImage } from '../block/image';
import { MediumErrors } from '../block/mediumErrors';
import { RangeSet, type ReadonlyRangeSet } from '../block/rangeSet';
import { ReadAhead } from '../block/readAhead';
import { BlockError, RemapError } from '../errors';
import { RescueMapFile } from '../mapfile/rescueMapFile';
import type { SectorSource, UnreadableSectors } from '../volume';
import type { SectorView } from './deviceContracts';
import { mapfilePath } from './disk';
import type { RemapDevice } from './remapDevice';
import { type SectorExtent, SectorStateBit } from './sectorStates';

/** Where volumes are looked for: a device, one of its images, or an image by itself. Nothing of it can write (R15). */
export interface VolumeTarget {
  readonly source: SectorSource;
  /** The sectors that can't be read now. */
  unreadable(): Promise<UnreadableSectors>;
  /** The sectors that a spare serves now. Absent: it is an image by itself. */
  remapped?(): Promise<ReadonlyRangeSet>;
  /** Where it has data, for as long as nothing is written; elsewhere all bytes are zeros. Absent: anywhere. */
  findData?(): Promise<DataRuns>;
  close(): Promise<void>;
}

/** So many runs are asked for at a time. */
const STATE_RUNS = 65_536;

/**
 * A device as its clients see it, or one of its images with the faults of its medium. It stays open when this is closed. Reads
 * of a suspended device are refused (`EBUSY`): they would wait until it is resumed, and it would say that I/O waits.
 */
export function volumeTargetOf(device: RemapDevice, from: SectorView = 'device', member = 0): VolumeTarget {
  const sectorCount = device.sectorCountOf(from, member);
  return {
    source: {
      sectorCount,
      read: async (sector, buffer) => {
        if (device.suspended && from === 'device') throw isSuspended(device.name);
        const options = { from, member, onlyLooks: true };
        const { bytes, failed } = await device.read(sector, buffer.length / SECTOR_SIZE, options);
        buffer.set(bytes);
        if (failed.length > 0)
          throw new BlockError('EIO', `${describeSectors(failed)} can't be read`, failed);
      },
    },
    unreadable: () => unreadableOf(device, from, member),
    remapped: () => remappedOf(device, from, member),
    findData: () => dataOf(device, from, member),
    close: async () => undefined,
  };
}

function isSuspended(name: string): RemapError {
  return new RemapError('EBUSY', `${name} is suspended: its files can be looked at once it is resumed`);
}

async function unreadableOf(
  device: RemapDevice,
  view: SectorView,
  member: number,
): Promise<UnreadableSectors> {
  const found = { bad: new RangeSet(), notRescued: new RangeSet() };
  await visitStates(device, view, member, (at, { sectorCount, flags }) => {
    if (flags & SectorStateBit.bad) found.bad.add(at, sectorCount);
    else if (flags & SectorStateBit.notRescued) found.notRescued.add(at, sectorCount);
  });
  return found;
}

async function remappedOf(device: RemapDevice, view: SectorView, member: number): Promise<RangeSet> {
  const found = new RangeSet();
  await visitStates(device, view, member, (at, { sectorCount, flags }) => {
    if (flags & SectorStateBit.remapped) found.add(at, sectorCount);
  });
  return found;
}

/** Where a view may have data: not in holes of its image, unless something is known of a sector there. */
async function dataOf(device: RemapDevice, view: SectorView, member: number): Promise<DataRuns> {
  const sectors = device.clientSectors(view, member);
  const isSmall = sectors.sectorCount * SECTOR_SIZE < SMALL_FILE_BYTES;
  const empty = isSmall ? null : await sectors.emptyRuns();
  return empty ? DataRuns.beside(empty, sectors.sectorCount) : DataRuns.everywhere();
}

async function visitStates(
  device: RemapDevice,
  view: SectorView,
  member: number,
  visit: (at: number, extent: SectorExtent) => void,
): Promise<void> {
  const sectors = device.clientSectors(view, member);
  for (let at = 0; at < sectors.sectorCount; ) {
    for (const extent of await sectors.states(at, sectors.sectorCount - at, STATE_RUNS)) {
      visit(at, extent);
      at += extent.sectorCount;
    }
  }
}

/**
 * An image by itself, with the faults that the rescue map beside it tells; opened read-only and without a lock.
 * @throws RemapError `ENOENT`, `EACCES`; `EINVAL` for a file that is no usable image, or with the line of a damaged map
 */
export async function openVolumeTarget(path: string): Promise<VolumeTarget> {
  const image = await openImage(path, { readOnly: true, lock: false });
  try {
    const map = new RescueMapFile(mapfilePath(path), image.sectorCount);
    const medium = new MediumErrors(new ReadAhead(image), { ...(await map.readMedium()), path });
    return {
      source: { sectorCount: medium.sectorCount, read: (sector, buffer) => medium.read(sector, buffer) },
      unreadable: async () => ({ bad: medium.badSectors, notRescued: medium.notRescued }),
      findData: () => findDataRuns(path),
      close: () => medium.close(),
    };
  } catch (error) {
    await image.close();
    throw error;
  }
}
