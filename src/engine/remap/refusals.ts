import { BlockError, RemapError } from '../errors';

/** The errors with which a target refuses requests as a whole. */

export function readOnlyRefusal(reasons: readonly string[], sector: number, count: number): BlockError {
  return new BlockError('EROFS', `the device is read-only: ${reasons.join('; ')}`, [], { sector, count });
}

/** @param end why nothing is written any more: an image is displaced (R13) */
export function displacedRefusal(
  { message, details }: RemapError,
  sector: number,
  count: number,
): BlockError {
  return new BlockError('ESTALE', message, [[sector, count]], { ...details, sector });
}

/** The error of a drop of a remap that leads to data, or of none. */
export function notStray(sector: number, slot: number): RemapError {
  const why =
    slot === -1
      ? `sector ${sector} is not remapped`
      : `the remap of sector ${sector} leads to its data, which would be lost: only a remap that leads nowhere is dropped`;
  return new RemapError('EINVAL', why, { sector });
}

/** The error of an un-remap of a sector that has no remap, or one whose data can't be had. */
export function notServed(sector: number, slot: number): RemapError {
  const why =
    slot === -1
      ? `sector ${sector} is not remapped: it is on the main image already`
      : `the data of sector ${sector} can't be had, so there are none to move back: write the sector, or drop its remap`;
  return new RemapError('EINVAL', why, { sector });
}

/** The error of an un-remap that changes nothing: the data could not be read, didn't reach main, or must not go there. */
export function staysRemapped(
  code: 'EIO' | 'EINVAL',
  sector: number,
  why: string,
  cause?: unknown,
): RemapError {
  return new RemapError(code, `sector ${sector} stays remapped: ${why}`, { sector }, { cause });
}

/** The error of a flush, from what a disk answered. */
export function flushError(cause: unknown): unknown {
  if (cause instanceof RemapError) return cause;
  return new BlockError('EIO', `flush failed: ${String(cause)}`, [], {}, { cause });
}
