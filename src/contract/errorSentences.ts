import { describeFullDisk, isFullDisk, RemapError } from '../engine';
import { withoutLinks } from './foreignText';

/** What went wrong, for people and for callers in code. */
export interface ErrorDescription {
  /** Stable: an errno name. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  /** The user cancelled the work: there is nothing to report. */
  readonly cancelled: boolean;
  /** The file that the error is about, if the error names one. */
  readonly path?: string;
  /** The place in the file, counted from 1. */
  readonly line?: number;
  readonly column?: number;
}

/** The code of an error that has none: a fault of the program. */
const UNEXPECTED = 'EFAULT';

const systemProblems: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  EEXIST: 'exists already',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EISDIR: 'is a folder, not a file',
  ENOTDIR: 'is not inside a folder',
  EROFS: 'is on a read-only file system',
  EMFILE: 'too many open files',
};

/** Code and sentence of any error: the engine's, the system's, or a fault of the program. */
export function describeError(error: unknown): ErrorDescription {
  if (error instanceof RemapError) return describeRemapError(error);
  if (!(error instanceof Error)) return { code: UNEXPECTED, message: String(error), cancelled: false };
  const { code, path } = error as NodeJS.ErrnoException;
  if (isCancellation(error)) return { code: 'ECANCELED', message: 'Cancelled', cancelled: true };
  if (path && isFullDisk(error)) {
    return { code: 'ENOSPC', message: describeFullDisk(path).reason, cancelled: false, path };
  }
  const problem = code === undefined ? undefined : systemProblems[code];
  if (code && problem && path) return { code, message: `${path}: ${problem}`, cancelled: false, path };
  return { code: code ?? UNEXPECTED, message: error.message, cancelled: false };
}

/**
 * The error that a caller of `executeCommand` gets: its message begins with the code. Where no caller catches it, VS
 * Code shows it in a notification.
 */
export function toCommandError(error: unknown): Error {
  const { code, message } = describeError(error);
  return new Error(`${code}: ${withoutLinks(message)}`, { cause: error });
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

/** The reason of an aborted signal, or VS Code's cancellation; both are told by their names. */
function isCancellation(error: Error): boolean {
  return error.name === 'AbortError' || error.name === 'Canceled' || error.name === 'CancellationError';
}
