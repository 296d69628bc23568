import { type FileSystem, nodeFiles } from './fileSystem';
import { type Host, nodeHost } from './host';

/**
 * The two doors of the engine to the outside: everything that it asks of file systems and of the computer goes through
 * them. Behind them is Node; a test puts another computer, or another file system, there instead.
 */
export const doors: { readonly files: FileSystem; readonly host: Host } = {
  files: nodeFiles,
  host: nodeHost,
};
