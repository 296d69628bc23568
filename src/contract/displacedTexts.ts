import { basename } from 'node:path';
import type { DisplacedImage } from '../engine';
import { plural } from './wording';

/** A question that blocks the window until it is answered. */
export interface ModalQuestion {
  readonly message: string;
  readonly detail: string;
  readonly verbs: readonly string[];
}

export const SAVE_OPEN_IMAGE = 'Save Open Image As...';
const REMOVE_UNSAVED = 'Remove Without Saving';
const REMOVE = 'Remove';

/** What a person is asked before a device goes: with what an unsaved displaced image holds (R13) it goes for good. */
export function removalQuestion(
  device: string,
  displaced: readonly DisplacedImage[],
  clients = 0,
): ModalQuestion {
  const unsaved = displaced.filter(({ isSaved }) => !isSaved);
  if (unsaved.length > 0) {
    const detail = `${disconnection(clients)}${sentences(unsaved)} Only the open file holds what was written to it: that is lost when the device goes, unless another name leads to it.`;
    return {
      message: `Remove the device ${device} without saving what its open image holds?`,
      detail,
      verbs: [SAVE_OPEN_IMAGE, REMOVE_UNSAVED],
    };
  }
  const detail =
    displaced.length > 0
      ? 'The device goes; what its open image holds was saved, and its device file stays.'
      : 'The device goes; its images and its device file stay, and it can be assembled again.';
  return {
    message: `Remove the device ${device}?`,
    detail: `${disconnection(clients)}${detail}`,
    verbs: [REMOVE],
  };
}

/** What becomes of the NBD clients that have a device open when it goes: a sentence with a blank after it, or nothing. */
export function disconnection(clients: number): string {
  if (clients === 0) return '';
  const [count, have] = [plural(clients, 'NBD client'), clients === 1 ? 'has' : 'have'];
  return `${count} ${have} it open and will be disconnected: a file system mounted from it fails. `;
}

/** What a reboot drops of displaced images that were not saved: a sentence for each device. */
export function unsavedLosses(
  devices: readonly { readonly name: string; readonly displaced: readonly DisplacedImage[] }[],
): string[] {
  return devices
    .filter(({ displaced }) => displaced.some(({ isSaved }) => !isSaved))
    .map(({ name }) => `What the open image of ${name} holds is lost: save it before.`);
}

/** What the notification says when images of a device are found displaced. */
export function displacedMessage(device: string, displaced: readonly DisplacedImage[]): string {
  return `${device} is read-only: ${sentences(displaced)} What was written to it is in the open file only, until the device is removed.`;
}

/** What happened to an image, with its name in place of its path. */
export function shortReason({ path, reason }: DisplacedImage): string {
  return reason.replace(path, () => basename(path));
}

function sentences(displaced: readonly DisplacedImage[]): string {
  return displaced.map(({ reason }) => `${reason}.`).join(' ');
}
