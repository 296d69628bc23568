import { isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RemapError } from '../engine';
import { isObject } from './deviceContent';

/**
 * The path that a caller in code means: absolute, relative to the workspace, a `file:` URI, or a Uri.
 * @throws RemapError `EINVAL` when it is none of these, or relative without a workspace
 */
export function pathFrom(value: unknown, name: string, folder: string | undefined): string {
  if (isObject(value) && typeof value.fsPath === 'string') return value.fsPath;
  if (typeof value !== 'string' || value.trim() === '') {
    throw new RemapError('EINVAL', `"${name}" must be a path`);
  }
  if (value.startsWith('file:')) return fileURLToPath(value);
  if (isAbsolute(value)) return value;
  if (folder !== undefined) return resolve(folder, value);
  throw new RemapError(
    'EINVAL',
    `"${name}" is relative (${value}), and no folder is open for it to start from`,
  );
}
