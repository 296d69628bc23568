import { isDeepStrictEqual } from 'node:util';
import type { DeviceContent } from '../contract/deviceContent';
import { specFromContent } from '../contract/deviceSpec';
import type { DeviceSpec, RemapDevice } from '../engine';
import type { CountedMap } from './rescueMaps';

/** A device that is known: by its device file, by being assembled, or both. */
export interface DeviceEntry {
  /** Unique: the path of the device file, or of the main image of a device without one. */
  readonly deviceKey: string;
  readonly name: string;
  readonly deviceFile: string | null;
  /** What the device file says now; undefined when it can't be read or there is none. */
  readonly content: DeviceContent | undefined;
  /** Undefined: it isn't assembled. */
  readonly device: RemapDevice | undefined;
  /** A rescue map under another name that fits main, where none is used. */
  readonly offeredMap?: CountedMap;
  /** The scenario that runs the device; absent: the device is the user's own. */
  readonly scenario?: string;
  /** Why the device file can't be read, or why its device could not be assembled. */
  readonly problem: unknown;
}

/** What the machine needs to assemble the device. @throws the entry's problem when its file can't be read */
export async function specFromEntry({
  name,
  deviceFile,
  content,
  problem,
}: DeviceEntry): Promise<DeviceSpec> {
  if (!content) throw problem;
  return specFromContent(content, name, deviceFile);
}

/** Whether a device's file has changed since the device was assembled. */
export function isOutdated({ content, device }: DeviceEntry): boolean {
  if (!content || !device) return false;
  const { main, spares, flakey, markers, map } = device.spec;
  const now = { ...content, markers: content.markers ?? markers };
  return !isDeepStrictEqual(now, { main, spares, flakey, markers, ...(map !== undefined && { map }) });
}
