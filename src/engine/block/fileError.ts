import { type ErrorCode, RemapError } from '../errors';
import { describeFullDisk, isFullDisk } from './fullDisk';

/** What was being done to a file when it failed. */
export type FileAction = 'open' | 'create' | 'change' | 'lock' | 'close' | 'find';

interface Explanation {
  readonly code: ErrorCode;
  readonly message: (path: string, action: FileAction) => string;
}

const readOnlyPlace: Explanation = {
  code: 'EROFS',
  message: (path, action) =>
    `can't ${action} ${path}: its file system is read-only; open it read-only or copy it elsewhere`,
};
const denied: Explanation = {
  code: 'EACCES',
  message: (path, action) =>
    action === 'open' || action === 'change'
      ? `no permission to ${action} ${path}: change its permissions`
      : `can't ${action} ${path}: no permission to write its folder; change the folder's permissions`,
};
const missing: Explanation = {
  code: 'ENOENT',
  message: (path, action) =>
    action === 'create'
      ? `can't create ${path}: its folder does not exist; create the folder first`
      : `${path} does not exist: check the path, or create the image`,
};
const malformed: Explanation = {
  code: 'EINVAL',
  message: (path, action) => `can't ${action} ${path}: the path is not one of a file; check it`,
};

const EXPLANATIONS: Readonly<Record<string, Explanation>> = {
  ENOENT: missing,
  EACCES: denied,
  EPERM: denied,
  EROFS: readOnlyPlace,
  EEXIST: {
    code: 'EEXIST',
    message: (path) => `${path} exists already and is not overwritten: choose another name, or delete it`,
  },
  EFBIG: {
    code: 'EINVAL',
    message: (path) => `${path} is larger than its file system allows: make it smaller, or put it elsewhere`,
  },
  ENOTDIR: malformed,
  ENAMETOOLONG: malformed,
  ELOOP: malformed,
  EINVAL: malformed,
};

/**
 * Makes an error of the file system one that names the file and says what to do. An error of the engine itself is returned
 * as it is. A code that isn't in the table becomes `EIO`, with the system's own words.
 */
export function fileError(error: unknown, path: string, action: FileAction): RemapError {
  if (error instanceof RemapError) return error;
  if (isFullDisk(error)) {
    const { reason, details } = describeFullDisk(path);
    return new RemapError('ENOSPC', `can't ${action} ${path}: ${reason}`, details, { cause: error });
  }
  const { code = '', message } = error as NodeJS.ErrnoException;
  const explanation = EXPLANATIONS[code];
  if (explanation)
    return new RemapError(explanation.code, explanation.message(path, action), { path }, { cause: error });
  return new RemapError('EIO', `can't ${action} ${path}: ${message}`, { path }, { cause: error });
}
