import { basename, dirname } from 'node:path';
import { disconnection, type ModalQuestion } from './displacedTexts';
import { listInWords, plural } from './wording';

/** The files of a device that go with it, and those that stay. */
export interface Deletion {
  readonly name: string;
  /** Paths, the device file first if there is one. */
  readonly files: readonly string[];
  readonly kept: readonly KeptFile[];
}

/** A file that a device names and that stays when the device is deleted. */
export interface KeptFile {
  readonly path: string;
  /** Why: a clause that follows "which". */
  readonly why: string;
}

const DELETE = 'Delete';
const MOVE_TO_TRASH = 'Move to Trash';
const DELETE_PERMANENTLY = 'Delete Permanently';

/** What a person is asked before a device and its files go. @param hasTrash whether they can be brought back */
export function deletionQuestion(
  { name, files, kept }: Deletion,
  hasTrash: boolean,
  clients = 0,
): ModalQuestion {
  const names = shortNames([...files, ...kept.map(({ path }) => path)]);
  const staying = kept.map(({ path, why }) => `${names.get(path)} stays, which ${why}.`);
  const goes = listInWords(files.map((path) => names.get(path)!));
  const fate = hasTrash
    ? `${goes} ${files.length === 1 ? 'goes' : 'go'} to the trash.`
    : `${goes} ${files.length === 1 ? 'is' : 'are'} deleted for good: there is no trash here.`;
  return {
    message: `Delete the device ${name} and ${plural(files.length, 'file')}?`,
    detail: `${disconnection(clients)}${[fate, ...staying].join(' ')}`,
    verbs: [hasTrash ? MOVE_TO_TRASH : DELETE],
  };
}

/** What is asked when the trash refuses the first file; none has gone by then. */
export function withoutTrashQuestion({ name, files }: Deletion, reason: string): ModalQuestion {
  const names = shortNames(files);
  return {
    message: `Delete the files of ${name} permanently? They can't be moved to the trash.`,
    detail: `${reason}. ${listInWords([...names.values()])} can't be brought back then.`,
    verbs: [DELETE_PERMANENTLY],
  };
}

/** The names of files that lie in one folder, and the paths of those elsewhere. */
function shortNames(paths: readonly string[]): Map<string, string> {
  const folder = dirname(paths[0] ?? '');
  return new Map(paths.map((path) => [path, dirname(path) === folder ? basename(path) : path]));
}
