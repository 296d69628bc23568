import { isDeepStrictEqual } from 'node:util';
import type { DevicesService } from '../devices/devicesService';
import { type ImageSituation, situationsOf } from '../devices/imageSituations';
import { imageGuidance, moduleGuidance } from './guidance';
import type { TreeNode } from './treeNode';

/** What the guidance is made from. */
type GuidedDevices = Pick<DevicesService, 'entries' | 'freeImages' | 'isRestarting' | 'machine'> & {
  readonly policy: Pick<DevicesService['policy'], 'isTrusted'>;
};

/** The items above the devices. A folder of many images takes long to look through: devices don't wait for that. */
export class GuidanceSource {
  #situations: readonly ImageSituation[] = [];
  /** The look under way; it goes on until it has seen the last change. */
  #looking: Promise<void> | undefined;
  /** Whether the images may have changed since the last look began. */
  #isStale = true;
  /** Whether items were answered that didn't wait for the look. */
  #isNewsToTell = false;

  /** @param refresh told that other items are to be shown */
  constructor(
    private readonly devices: GuidedDevices,
    private readonly refresh: () => void,
  ) {}

  /** The images may have changed: the next items need another look, which searches the workspace. */
  imagesChanged(): void {
    this.#isStale = true;
  }

  /** Where there is a device, what the last look found; one that is needed begins. Else what is found now. */
  async items(): Promise<TreeNode[]> {
    const { devices } = this;
    const hasDevices = devices.entries().length > 0;
    this.#isNewsToTell ||= hasDevices;
    const look = this.#look();
    if (!hasDevices) await look;
    const missing = devices.isRestarting ? [] : moduleGuidance(devices.machine.modules());
    return [
      ...missing,
      ...imageGuidance(this.#situations, { isTrusted: devices.policy.isTrusted, hasDevices }),
    ];
  }

  #look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #lookNow(): Promise<void> {
    while (this.#isStale) {
      this.#isStale = false;
      const found = situationsOf(await this.devices.freeImages());
      const isNews = !isDeepStrictEqual(found, this.#situations);
      this.#situations = found;
      if (isNews && this.#isNewsToTell) this.refresh();
    }
    this.#isNewsToTell = false;
  }
}
