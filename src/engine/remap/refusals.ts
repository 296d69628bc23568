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

/** The error of a flush, from what a disk answered. */
export function flushError(cause: unknown): unknown {
  if (cause instanceof RemapError) return cause;
  return new BlockError('EIO', `flush failed: ${String(cause)}`, [], {}, { cause });
}
