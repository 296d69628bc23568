import * as vscode from 'vscode';
import { pathFrom } from '../contract/argumentReaders';
import { breakLockQuestion } from '../contract/lockTexts';
import { listInWords } from '../contract/wording';
import { type DeviceEntry, specFromEntry } from '../devices/deviceEntry';
import type { DevicesService } from '../devices/devicesService';
import { knownDevice } from '../devices/metadataCheck';
import { baseFolder } from '../devices/workspaceFiles';
import { breakLock, type DoubtfulLock, findDoubtfulLock, RemapError } from '../engine';
import { askDevice } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import { answerTo } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { mention } from '../frame/notifications';
import { isTreeReference } from '../frame/treeReference';
import { commands } from '../manifest';

/** The command that breaks the locks of images whose owners can't be asked from here. */
export function lockCommands(devices: DevicesService) {
  return {
    [commands.breakLock]: define({
      progress: 'Breaking a lock',
      fromCode: ([reference]) => ({ images: () => imagesOf(devices, reference), found: null }),
      title: 'Break Lock',
      fromPerson: async (origin, dialog) => {
        devices.policy.requireTrust();
        const images = await askImages(devices, origin, dialog);
        const found = await locksOf(images);
        if ((await answerTo(breakLockQuestion(found))) === undefined) return undefined;
        return { images: async () => images, found };
      },
      run: async ({ images, found }: Breaking) => {
        devices.policy.requireTrust();
        const locks = found ?? (await locksOf(await images()));
        for (const lock of locks) await breakLock(lock);
        return locks.map(({ image, lockPath, owner }) => ({ image, lockPath, owner }));
      },
      tell: (broken) => mention(`Lock broken: ${listInWords(broken.map(({ lockPath }) => lockPath))}`),
    }),
  };
}

interface Breaking {
  readonly images: () => Promise<string[]>;
  /** The locks that a person was asked about. */
  readonly found: readonly DoubtfulLock[] | null;
}

/** @throws RemapError `ENOENT` when none of the images has one, and as {@link findDoubtfulLock} */
async function locksOf(images: readonly string[]): Promise<DoubtfulLock[]> {
  const found = await Promise.all(images.map(findDoubtfulLock));
  const locks = found.filter((lock) => lock !== null);
  if (locks.length > 0) return locks;
  throw new RemapError('ENOENT', `no lock is in the way of ${listInWords(images)}: open it`);
}

async function askImages(devices: DevicesService, origin: CommandOrigin, dialog: Dialog): Promise<string[]> {
  if (isTreeReference(origin) && origin.imagePath !== undefined) return [origin.imagePath];
  if (origin instanceof vscode.Uri) return imagesOf(devices, origin);
  return imagesOfEntry(
    await askDevice(devices, origin, dialog, {
      among: ({ device }) => device === undefined,
      none: 'every known device is assembled: no lock is in its way',
    }),
  );
}

/** @param reference a device, or the path or URI of an image */
async function imagesOf(devices: DevicesService, reference: unknown): Promise<string[]> {
  const entry = knownDevice(devices, reference);
  return entry ? imagesOfEntry(entry) : [pathFrom(baseFolder())(reference, 'device')];
}

async function imagesOfEntry(entry: DeviceEntry): Promise<string[]> {
  const { main, spares } = entry.device?.spec ?? (await specFromEntry(entry));
  return [main, ...spares];
}
