import { basename, dirname, join } from 'node:path';
import { doors } from '../outside/doors';
import type { OpenFile } from '../outside/fileSystem';

/**
 * Where a lock file is, also when its folder has been renamed since: Linux reaches a folder by a handle, elsewhere its
 * identity tells it from the other folders where it was.
 */
export class LockPlace {
  private constructor(
    private readonly path: string,
    private readonly folder: OpenFile | undefined,
    private readonly identity: string | undefined,
  ) {}

  /** @param byHandle whether a folder is reached by its handle */
  static async open(path: string, byHandle = doors.host.platform === 'linux'): Promise<LockPlace> {
    const folder = byHandle ? await doors.files.open(dirname(path), 'r').catch(() => undefined) : undefined;
    return new LockPlace(path, folder, await identityOf(dirname(path)));
  }

  /** The path of the lock file without searching for its folder. */
  get likelyPath(): string {
    return this.folder ? join('/proc/self/fd', String(this.folder.fd), basename(this.path)) : this.path;
  }

  /** The path of the lock file now. Its folder is searched for among its neighbours if it isn't where it was. */
  async find(): Promise<string> {
    if (this.folder && (await identityOf(dirname(this.likelyPath))) === this.identity) return this.likelyPath;
    const folder = dirname(this.path);
    if (this.identity === undefined) return this.path;
    if ((await identityOf(folder)) === this.identity) return this.path;
    for (const name of await doors.files.readdir(dirname(folder)).catch(() => [])) {
      const neighbour = join(dirname(folder), name);
      if ((await identityOf(neighbour)) === this.identity) return join(neighbour, basename(this.path));
    }
    return this.path;
  }

  async close(): Promise<void> {
    await this.folder?.close();
  }
}

/** Device and inode of a folder, following links; undefined when there is none, or its inode isn't known. */
async function identityOf(folder: string): Promise<string | undefined> {
  return doors.files.stat(folder).then(
    ({ dev, ino }) => (ino === 0n ? undefined : `${dev}:${ino}`),
    () => undefined,
  );
}
