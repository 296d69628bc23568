/** A run of sectors: `[first, sectorCount]`, the form in which commands and reports carry it. */
export type SectorRange = readonly [first: number, sectorCount: number];

/** Stable codes of every error the engine throws on purpose: errno names, as the kernel would answer. */
export type ErrorCode =
  | 'EIO'
  | 'ENOSPC'
  | 'EROFS'
  | 'EINVAL'
  | 'EBUSY'
  | 'ENOENT'
  | 'EEXIST'
  | 'ENODEV'
  | 'ENODATA'
  | 'EACCES'
  /** An open image is displaced: its path no longer leads to it, or it was shortened (R13). */
  | 'ESTALE'
  | 'ECANCELED';

/** What an error is about, so that the shell can say it in a sentence without parsing the message. */
export interface ErrorDetails {
  readonly path?: string;
  readonly sector?: number;
  readonly line?: number;
  /** With `ENOSPC`: no sector of the spare is left, or no room on the file system that holds `path`. */
  readonly full?: 'spare' | 'host';
  /** Where the file system that is full is mounted. */
  readonly fileSystem?: string;
  readonly [field: string]: unknown;
}

/**
 * Every error that the engine throws on purpose. `code` is stable and what callers branch on; `message` is one plain
 * sentence that names the file, the sector and what to do; `details` holds the same facts as data.
 */
export class RemapError extends Error {
  override readonly name: string = 'RemapError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly details: ErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    super(message, options);
  }
}

/**
 * A failed request to a block device. `failed` lists exactly the sectors that were not read or written, ascending and
 * merged; every other sector of the request was transferred: a caller may use the rest of a read's buffer, and need
 * not repeat the rest of a write.
 */
export class BlockError extends RemapError {
  override readonly name: string = 'BlockError';

  constructor(
    code: ErrorCode,
    message: string,
    readonly failed: readonly SectorRange[],
    details: ErrorDetails = {},
    options?: { cause?: unknown },
  ) {
    super(code, message, details, options);
  }
}

/**
 * Makes an error that has no stack. There may be thousands of failing sectors; the place in the program that finds them
 * tells nothing, and walking the stack takes longer than finding them.
 */
export function withoutStack<Made extends Error>(make: () => Made): Made {
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = 0;
  try {
    return make();
  } finally {
    Error.stackTraceLimit = limit;
  }
}

/** True for an error whose failing sectors are known and which a layer above may repair. */
export function isMediumFailure(error: unknown): error is BlockError {
  return error instanceof BlockError && error.code === 'EIO' && error.failed.length > 0;
}

/** True for an error that comes from a full file system below the images, and not from a spare without free sectors. */
export function isHostFull(error: unknown): error is RemapError {
  return error instanceof RemapError && error.details.full === 'host';
}

/** What is full, for an error that takes the place of its cause; empty when the cause says nothing of that. */
export function fullnessOf(cause: unknown): ErrorDetails {
  if (isHostFull(cause)) {
    const { path = '', fileSystem = '' } = cause.details;
    return { path, full: 'host', fileSystem };
  }
  return cause instanceof RemapError && cause.details.full === 'spare' ? { full: 'spare' } : {};
}

/** Why a request failed, in words: of a full file system only what to do about it, however many layers told it on. */
export function reasonOf(cause: unknown): string {
  if (isHostFull(cause)) return hostFullReason(cause.details);
  return cause instanceof Error ? cause.message : String(cause);
}

/** A full file system in words. */
export function hostFullReason({ path, fileSystem }: ErrorDetails): string {
  return `no room is left for ${path} on the file system ${fileSystem}: make some there`;
}

/** True for the error of an image that is displaced (R13). */
export function isDisplaced(error: unknown): boolean {
  return error instanceof RemapError && error.code === 'ESTALE';
}
