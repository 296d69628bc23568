import type { CopyOptions } from '../block/sparseCopy';
import { RemapError } from '../errors';
import type { DisplacedImage } from './deviceContracts';
import type { DeviceParts } from './deviceParts';
import type { Disk } from './disk';
import { type SavedImage, saveOpenImage } from './saveOpenImage';

/** Which image to save, and how. */
export interface SaveOptions extends Pick<CopyOptions, 'signal' | 'onProgress'> {
  /** Absent: the one that is displaced. */
  readonly image?: 'main' | 'spare' | undefined;
  /** Index of the spare. */
  readonly member?: number | undefined;
}

/** Lets a device turn read-only as soon as one of its images is displaced, and say so (R13). */
export function followPlaces({ stack, target, events }: DeviceParts): void {
  stack.whenDisplaced(({ image, path, displacement }) => {
    target.endWrites(image.place.refusal([]));
    events.displaced(path, displacement!.reason);
  });
}

/** The images of a device that are displaced. */
export function displacedImages({ stack }: DeviceParts): DisplacedImage[] {
  const place = (disk: Disk | null, image: 'main' | 'spare', member: number): DisplacedImage[] => {
    if (!disk?.displacement) return [];
    const { path, displacement, isSaved } = disk;
    return [{ path, image, member, reason: displacement.reason, isSaved }];
  };
  return [
    ...place(stack.main, 'main', 0),
    ...stack.spares.flatMap((spare, member) => place(spare, 'spare', member)),
  ];
}

/**
 * Saves what a displaced image holds under another name, with its map.
 * @throws RemapError `EINVAL` when no image is displaced, several are and none is named, or the named one isn't; and as
 * {@link saveOpenImage}
 */
export async function saveDisplaced(
  device: DeviceParts,
  target: string,
  { image, member, ...options }: SaveOptions,
): Promise<SavedImage> {
  await device.stack.checkPlaces();
  const fitting = displacedImages(device).filter(
    (each) => (image === undefined || each.image === image) && (member ?? each.member) === each.member,
  );
  const [found, ...others] = fitting;
  const { name } = device.spec;
  if (!found) {
    const text = `${name}: the image is where it was opened: copy the file itself`;
    throw new RemapError('EINVAL', text, { device: name });
  }
  if (others.length > 0) {
    const paths = fitting.map(({ path }) => path).join(' and ');
    throw new RemapError('EINVAL', `${name}: ${paths} are both displaced: say which to save`, {
      device: name,
    });
  }
  const disk = found.image === 'main' ? device.stack.main : device.stack.spares[found.member]!;
  const saved = await saveOpenImage(disk, target, options);
  device.events.changed();
  return saved;
}
