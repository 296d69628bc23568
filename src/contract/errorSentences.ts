import { RemapError } from '../engine';

/** What went wrong, for people and for scripts. */
export interface ErrorDescription {
  /** Stable: an errno name. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  /** The user's own wish, so nothing to report. */
  readonly cancelled: boolean;
  /** Where to look, if the error knows. */
  readonly path?: string;
  /** One-based. */
  readonly line?: number;
  readonly column?: number;
}

/** Unexpected errors are faults of the program, for which the kernel's word is EFAULT. */
const UNEXPECTED = 'EFAULT';

const systemProblems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EEXIST: 'exists already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is not inside a folder',
  ENOSPC: 'no space left on the disk',
  EROFS: 'is on a read-only file system',
  EMFILE: 'too many open files',
};

export function describeError(error: unknown): ErrorDescription {
  if (error instanceof RemapError) return describeRemapError(error);
  if (!(error instanceof Error)) return { code: UNEXPECTED, message: String(error), cancelled: false };
  const { code, path } = error as NodeJS.ErrnoException;
  if (isCancellation(error)) return { code: 'ECANCELED', message: 'Cancelled', cancelled: true };
  const problem = code === undefined ? undefined : systemProblems[code];
  if (code && problem && path) return { code, message: `${path}: ${problem}`, cancelled: false, path };
  return { code: code ?? UNEXPECTED, message: error.message, cancelled: false };
}

/** The error that `executeCommand` callers get: its message begins with the code. */
export function toCommandError(error: unknown): Error {
  const { code, message } = describeError(error);
  return new Error(`${code}: ${message}`, { cause: error });
}

function describeRemapError(error: RemapError): ErrorDescription {
  const { path, line, column } = error.details;
  return {
    code: error.code,
    message: error.message,
    cancelled: error.code === 'ECANCELED',
    ...(path !== undefined && { path }),
    ...(line !== undefined && { line }),
    ...(typeof column === 'number' && { column }),
  };
}

/** An aborted signal's reason, or VS Code's cancellation, which says so by its name alone. */
function isCancellation(error: Error): boolean {
  return error.name === 'AbortError' || error.name === 'Canceled' || error.name === 'CancellationError';
}
