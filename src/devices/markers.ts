import type * as vscode from 'vscode';
import { type MarkerSpec, type MarkerVerification, type RemapDevice, RemapError } from '../engine';
import type { Milestones } from './milestones';
import type { Verdicts } from './verdicts';
import { deviceKeyOf } from './writePolicy';
import { WrittenMarkers } from './writtenMarkers';

/** How work on markers is followed and ended. */
interface Followed {
  readonly signal?: AbortSignal;
  readonly onProgress?: (done: number, total: number) => void;
}

/** Which markers; what is absent is taken from the device's own. */
export type MarkerRequest = Partial<MarkerSpec> & Followed;

/** Writes and verifies the markers of devices, and remembers which were written and what was found. */
export class Markers {
  readonly #written: WrittenMarkers;
  readonly #verdicts: Verdicts;
  readonly #milestones: Milestones;
  readonly #announce: (device: string) => void;

  constructor(
    memento: vscode.Memento,
    verdicts: Verdicts,
    milestones: Milestones,
    announce: (device: string) => void,
  ) {
    this.#written = new WrittenMarkers(memento);
    this.#verdicts = verdicts;
    this.#milestones = milestones;
    this.#announce = announce;
  }

  /** @throws RemapError as `RemapDevice.writeMarkers` */
  async write(
    device: RemapDevice,
    request: MarkerRequest = {},
  ): Promise<{ written: number; remapped: number[] }> {
    const markers = { ...device.spec.markers, ...request };
    const remember = () => this.#written.add(deviceKeyOf(device.spec), markers);
    try {
      const result = await device.writeMarkers(request);
      await remember();
      this.#milestones.markersWritten(result.remapped);
      return result;
    } catch (error) {
      // Any of them may be on the disk now. Wrong markers are refused before the first is written.
      if (!(error instanceof RemapError && error.code === 'EINVAL')) await remember();
      throw error;
    }
  }

  /** @throws RemapError as `RemapDevice.verifyMarkers` */
  async verify(device: RemapDevice, request: MarkerRequest = {}): Promise<MarkerVerification> {
    const deviceKey = deviceKeyOf(device.spec);
    const { text } = { ...device.spec.markers, ...request };
    const wasWritten = this.#written.known(deviceKey, text);
    const verification = await device.verifyMarkers({ ...request, wasWritten });
    const found = verification.results.flatMap(({ ok, sector }) => (ok && !wasWritten(sector) ? sector : []));
    if (found.length > 0) await this.#written.add(deviceKey, { text, sectors: found });
    this.#verdicts.recordMarkers(device.name, verification);
    this.#milestones.verified(device.name, verification);
    this.#announce(device.name);
    return verification;
  }

  /** Takes note that a device and its images were made just now: no marker was ever on it. @returns the device */
  async begin(device: RemapDevice): Promise<RemapDevice> {
    await this.#written.forget(deviceKeyOf(device.spec));
    this.#milestones.created();
    return device;
  }
}
