import { stat } from 'node:fs/promises';
import type { DevicesEvent } from './devicesEvent';
import type { DevicesService } from './devicesService';
import { knownDevice } from './metadataCheck';
import { VolumeLook } from './volumeLook';
import { findVolumeTarget } from './volumeTargets';

type Known = Pick<DevicesService, 'find' | 'get' | 'ownerOf' | 'onDidChange'>;

interface Kept {
  readonly look: VolumeLook;
  /** The assembled device that has the disk. */
  readonly device: string | undefined;
  /** Tells whether an image that no device has is as it was. */
  readonly stamp: string;
}

/** What was found in the file systems of devices and images, for as long as these are as they were. */
class VolumeLooks {
  readonly #kept = new Map<string, Kept>();

  constructor(private readonly devices: Known) {
    devices.onDidChange((event) => this.#follow(event));
  }

  /** The look at a device by its key, or at an image by its path. A disk that changed gets a new one. */
  async at(reference: string): Promise<VolumeLook> {
    const device = knownDevice(this.devices, reference)?.name ?? this.devices.ownerOf(reference)?.device.name;
    const stamp = device === undefined ? await stampOf(reference) : '';
    const kept = this.#kept.get(reference);
    if (kept && kept.device === device && kept.stamp === stamp) return kept.look;
    kept?.look.dispose();
    const look = new VolumeLook(() => findVolumeTarget(this.devices, reference, undefined));
    this.#kept.set(reference, { look, device, stamp });
    return look;
  }

  #follow(event: DevicesEvent): void {
    if (
      event.kind !== 'sectors' &&
      event.kind !== 'removed' &&
      event.kind !== 'created' &&
      event.kind !== 'maps'
    )
      return;
    for (const [reference, { look, device }] of this.#kept) {
      if ('device' in event && device !== event.device) continue;
      look.dispose();
      this.#kept.delete(reference);
    }
  }
}

const looks = new WeakMap<DevicesService, VolumeLooks>();

/** What was found in the file systems of the devices: the same for each feature that asks. */
export function volumeLooksOf(devices: DevicesService): VolumeLooks {
  const made = looks.get(devices) ?? new VolumeLooks(devices);
  looks.set(devices, made);
  return made;
}

async function stampOf(path: string): Promise<string> {
  const stamps = [path, `${path}.map`].map(async (file) => {
    const found = await stat(file).catch(() => undefined);
    return found ? `${found.mtimeMs} ${found.size}` : 'none';
  });
  return (await Promise.all(stamps)).join(', ');
}
