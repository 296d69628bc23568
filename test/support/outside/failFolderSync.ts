import { nodeFiles } from '../../../src/engine/outside/fileSystem';
import { errno } from '../block/faultyIo';
import { putFiles } from './putDoors';

/** Has a folder whose disk fails when its names are flushed, until the function that it answers is called or the test ends. */
export function failFolderSync(folder: string): () => void {
  const { open } = nodeFiles;
  putFiles({
    open: (path, flags, mode) => (path === folder ? Promise.reject(errno('EIO')) : open(path, flags, mode)),
  });
  return () => putFiles({ open });
}
