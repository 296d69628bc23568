import { type FileHandle, open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/**
 * Where a lock file is, also when its folder has been renamed since: Linux reaches a folder by a handle, elsewhere its
 * identity tells it from the other folders where it was.
 */
export class LockPlace {
  private constructor(
    private readonly path: string,
    private readonly folder: FileHandle | undefined,
    private readonly identity: string | undefined,
  ) {}

  /** @param byHandle whether a folder is reached by its handle */
  static async open(path: string, byHandle = process.platform === 'linux'): Promise<LockPlace> {
    const folder = byHandle ? await open(dirname(path), 'r').catch(() => undefined) : undefined;
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
    if ((await identityOf(folder)) === this.identity) return this.path;
    for (const name of await readdir(dirname(folder)).catch(() => [])) {
      const neighbour = join(dirname(folder), name);
      if ((await identityOf(neighbour)) === this.identity) return join(neighbour, basename(this.path));
    }
    return this.path;
  }

  async close(): Promise<void> {
    await this.folder?.close();
  }
}

/** Device and inode of a folder, following links; undefined when there is none. */
async function identityOf(folder: string): Promise<string | undefined> {
  return stat(folder, { bigint: true }).then(
    ({ dev, ino }) => `${dev}:${ino}`,
    () => undefined,
  );
}
