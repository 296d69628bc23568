import { RemapError } from '../engine';
import type { FreeImage } from './freeImages';

/** Whether an image is a spare with valid metadata; these name the size of the main image. */
export function isSpareWithMetadata(image: FreeImage): boolean {
  return image.inspection?.kind === 'metadata';
}

/** Whether an image can be a disk at all: it can be read, and isn't packed in another format. */
export function isDisk(image: FreeImage): boolean {
  return image.inspection !== undefined;
}

/** A main whose clients wrote to its first sector what a container begins with; assembling finds out whether it is one. */
function looksPacked({ problem }: FreeImage): boolean {
  return problem instanceof RemapError && problem.details.container !== undefined;
}

/** The images that may be a spare's main image: they have the size that its metadata name, and hold no metadata. */
export function mainsFor(spare: FreeImage, images: readonly FreeImage[]): FreeImage[] {
  const wanted = spare.inspection?.mainSectorCount;
  return images.filter(
    (image) =>
      image.path !== spare.path &&
      image.sectorCount === wanted &&
      (isDisk(image) || looksPacked(image)) &&
      !isSpareWithMetadata(image),
  );
}

/** The images that may be a main image's spare: those whose metadata name its size, then those without metadata. */
export function sparesFor(main: FreeImage, images: readonly FreeImage[]): FreeImage[] {
  const others = images.filter((image) => image.path !== main.path && isDisk(image));
  const fits = (image: FreeImage) => image.inspection?.mainSectorCount === main.sectorCount;
  return [...others.filter(fits), ...others.filter((image) => !fits(image) && !isSpareWithMetadata(image))];
}
