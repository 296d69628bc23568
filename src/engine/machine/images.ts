import { type Clock, systemClock } from '../block/blockDevice';
import { createImage, openImage } from '../block/image';
import type { ImageRoom, MakingOptions } from '../block/imageRoom';
import type { MetadataReport } from '../device/deviceContracts';
import { isMainOf, isSpare } from '../device/knownDisk';
import { type IdentityMatch, MainIdentity } from '../device/mainIdentity';
import { reportMetadata, reportSpares } from '../device/metadataReport';
import { validatePersistentSpare, validateSizes } from '../dmsetup/sizing';
import { RemapError } from '../errors';
import { blankMetadata, formatMetadata } from '../metadata/formatMetadata';
import { inspectMetadata, type MetadataInspection } from '../metadata/inspect';
import { removeFile } from '../outside/patience';
import { FIRST_DATA_SECTOR } from '../remap/spareAllocator';

/** Two images to be made. */
export interface NewImages {
  readonly main: string;
  readonly mainSectors: number;
  readonly spare: string;
  readonly spareSectors: number;
}

/**
 * Creates a main image and a formatted spare, sparse where the file system makes holes. Nothing that exists is overwritten.
 * When it fails, neither file is left.
 * @returns what they take of the file system
 * @throws RemapError `EEXIST`; `ENOSPC` for sizes the kernel would refuse, or for which there is no room; `ECANCELED`
 */
export async function createImages(
  images: NewImages,
  clock: Clock = systemClock,
  { signal, onProgress }: MakingOptions = {},
): Promise<ImageRoom> {
  validateSizes(images.mainSectors, images.spareSectors);
  validatePersistentSpare(images.spareSectors, FIRST_DATA_SECTOR);
  const mainShare = images.mainSectors / (images.mainSectors + images.spareSectors);
  const main = await createImage(images.main, images.mainSectors, {
    signal,
    onProgress: onProgress && ((fraction) => onProgress(fraction * mainShare)),
  });
  let spare: ImageRoom;
  try {
    spare = await createImage(images.spare, images.spareSectors, {
      signal,
      onProgress: onProgress && ((fraction) => onProgress(mainShare + fraction * (1 - mainShare))),
    });
  } catch (error) {
    await removeFile(images.main);
    throw error;
  }
  try {
    await formatSpare(images.spare, { mainSectorCount: images.mainSectors, clock });
  } catch (error) {
    await Promise.allSettled([removeFile(images.main), removeFile(images.spare)]);
    throw error;
  }
  const byteCount = main.byteCount + spare.byteCount;
  return { byteCount, isFull: main.isFull || spare.isFull, freeBytes: main.freeBytes };
}

/**
 * Writes empty metadata to a spare image (R8).
 * @returns makes it blank again, unless it has become part of a device since
 * @throws RemapError `EEXIST` when it isn't blank and `force` isn't given, `EBUSY` when it is open already
 */
export async function formatSpare(
  path: string,
  options: { readonly mainSectorCount: number; readonly clock?: Clock; readonly force?: boolean },
): Promise<() => Promise<void>> {
  const { clock = systemClock } = options;
  const image = await openImage(path, { lock: true, isDisk: isSpare(clock) });
  try {
    validateSizes(options.mainSectorCount, image.sectorCount);
    await formatMetadata(image, { ...options, clock });
    return () => takeFormatBack(path, clock);
  } catch (error) {
    if (!(error instanceof RemapError) || error.details.path !== undefined) throw error;
    throw new RemapError(
      error.code,
      `${path}: ${error.message}`,
      { ...error.details, path },
      { cause: error },
    );
  } finally {
    await image.close();
  }
}

async function takeFormatBack(path: string, clock: Clock): Promise<void> {
  const image = await openImage(path, { lock: true, isDisk: isSpare(clock) });
  try {
    const { remaps, pool } = await inspectMetadata(image, clock.now());
    if (remaps === 0 && pool === undefined) await blankMetadata(image);
  } finally {
    await image.close();
  }
}

/** What the metadata on a spare image say, all of them read. Reads without a lock, and writes nothing. */
export async function checkSpare(path: string, clock: Clock = systemClock): Promise<MetadataReport> {
  const image = await openImage(path, { readOnly: true, lock: false, isDisk: isSpare(clock) });
  try {
    return await reportMetadata(image, clock);
  } finally {
    await image.close();
  }
}

/** What the metadata on the spares of a device that is not assembled say, as {@link checkSpare}: see `reportSpares`. */
export function checkSpares(paths: readonly string[]): Promise<MetadataReport> {
  return reportSpares(paths, (member) => checkSpare(paths[member]!));
}

/** What an image's metadata area holds. Reads it without a lock, and writes nothing. */
export async function inspectSpare(path: string, clock: Clock = systemClock): Promise<MetadataInspection> {
  const image = await openImage(path, { readOnly: true, lock: false, isDisk: isSpare(clock) });
  try {
    return await inspectMetadata(image, clock.now());
  } finally {
    await image.close();
  }
}

/**
 * Whether an image fits the fingerprint that a spare keeps of its main; one without a fingerprint fits all. Reads both
 * without a lock, and writes nothing.
 */
export async function matchMain(
  main: string,
  spare: string,
  clock: Clock = systemClock,
): Promise<IdentityMatch> {
  const { mainIdentity = new Uint8Array(0) } = await inspectSpare(spare, clock);
  const image = await openImage(main, { readOnly: true, lock: false, isDisk: isMainOf([spare], clock) });
  try {
    return await MainIdentity.decode(mainIdentity).match(image);
  } finally {
    await image.close();
  }
}
