import type { ErrorCode } from '../errors';

const ERRNO: Readonly<Record<ErrorCode, number>> = {
  ENOENT: 2,
  EIO: 5,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENODEV: 19,
  EINVAL: 22,
  ENOSPC: 28,
  EROFS: 30,
  ENODATA: 61,
  ESTALE: 116,
  ECANCELED: 125,
};

/** The number of a code on Linux; the kernel's texts print it negative. */
export function errnoOf(code: ErrorCode): number {
  return ERRNO[code];
}
