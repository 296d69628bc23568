import { statSync } from 'node:fs';
import { type FileSystem, nodeFiles } from '../../../src/engine/outside/fileSystem';
import { errno } from '../block/faultyIo';
import { wrapFile, wrapOpen } from './wrapFile';

const NOTHING = { dev: 0n, ino: 0n, size: 0n };

/** A share: no hard links, folders that can't be synced, and a server that may forget what is open. */
export class NetworkFs {
  /** What the server answers to the sync of a folder. */
  folderSync = 'EINVAL';
  /** What it answers to a link. */
  linking = 'ENOTSUP';
  /** The server was started anew: handles and paths are `ESTALE`. */
  isStale = false;

  readonly files: FileSystem = {
    ...nodeFiles,
    io: {
      ...nodeFiles.io,
      fdatasync: (fd, done) =>
        this.isStale ? setImmediate(done, errno('ESTALE')) : nodeFiles.io.fdatasync(fd, done),
      stat: (path, options, done) =>
        this.isStale
          ? setImmediate(() => done(errno('ESTALE'), NOTHING))
          : nodeFiles.io.stat(path, options, done),
    },
    open: wrapOpen(nodeFiles, (file, path) => {
      if (!statSync(path).isDirectory()) return file;
      return wrapFile(file, { sync: () => Promise.reject(errno(this.folderSync)) });
    }),
    link: () => Promise.reject(errno(this.linking)),
  };
}
