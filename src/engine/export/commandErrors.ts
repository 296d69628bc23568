import { RemapError } from '../errors';
import { Errno } from './wire';

/** The error that a client gets for one of ours: a medium error is EIO, as all that the protocol has no number for. */
export function errnoOf(error: unknown): number {
  const code = error instanceof RemapError ? error.code : 'EIO';
  switch (code) {
    case 'EROFS':
      return Errno.EPERM;
    case 'ENOSPC':
      return Errno.ENOSPC;
    case 'EINVAL':
      return Errno.EINVAL;
    case 'ENODEV':
      return Errno.ESHUTDOWN;
    default:
      return Errno.EIO;
  }
}

/** An error in words. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
