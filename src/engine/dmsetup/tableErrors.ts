import { type ErrorCode, RemapError } from '../errors';
import { type SizingOptions, validateSizes } from './sizing';

/** The two devices of a table line. */
export type DeviceRole = 'main' | 'spare';

/** What the constructor knows of a device once it is open. */
export interface PairMember {
  readonly sectorCount: number;
  /** Logical sector size in bytes. */
  readonly sectorSizeBytes: number;
}

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
  ECANCELED: 125,
};

/** The positive number behind a code, as Linux counts them; the kernel's texts print it negative. */
export function errnoOf(code: ErrorCode): number {
  return ERRNO[code];
}

/**
 * What the constructor answers when a device can't be opened (checks 2 and 3 of KERNEL.md, section 1): the code stays,
 * `details.targetError` is what dmsetup shows and `details.kernelLines` what the kernel logs. The kernel's test hook that
 * refuses paths containing "nonexistent" is left out.
 */
export function openRefusal(role: DeviceRole, path: string, cause: RemapError): RemapError {
  return new RemapError(
    cause.code,
    `can't open the ${role} image ${path}: ${cause.message}`,
    {
      path,
      targetError: `Cannot open ${role} device`,
      kernelLines: [`Failed to open ${role} device ${path}: ${-errnoOf(cause.code)}`],
    },
    { cause },
  );
}

/**
 * The constructor's checks 4 to 6, in its order. Check 7, the alignment of sector 0, can't fail.
 * @throws RemapError `EINVAL` for different sector sizes, `ENOSPC` as {@link validateSizes}
 */
export function validatePair(main: PairMember, spare: PairMember, options: SizingOptions = {}): void {
  if (main.sectorSizeBytes !== spare.sectorSizeBytes) {
    const text = `Sector size mismatch: main=${main.sectorSizeBytes}, spare=${spare.sectorSizeBytes} bytes`;
    throw new RemapError('EINVAL', text, {
      targetError: 'Device compatibility validation failed',
      kernelLines: [text],
    });
  }
  validateSizes(main.sectorCount, spare.sectorCount, {
    ...options,
    sectorSizeBytes: main.sectorSizeBytes,
  });
}
