import { BlockError, type SectorRange } from '../errors';
import { doors } from '../outside/doors';
import type { FoundFile, ImageIo } from '../outside/fileSystem';
import { fileError } from './fileError';
import { compareByHandle, compareIds } from './fileIdentity';

/** What became of an open image that is displaced (R13). */
export interface Displacement {
  readonly path: string;
  readonly happened: 'deleted' | 'moved' | 'replaced' | 'shortened' | 'unreachable';
  /** One sentence that names the file and says what happened to it. */
  readonly reason: string;
}

/** What happened to a file, and that in words that follow its name. */
type Finding = [happened: Displacement['happened'], what: string];

/**
 * The place of an open image: whether its path still leads to the open file, and whether the file is at least as long as
 * it was when it was opened (R13). Once it was found displaced it stays so: what others did to the file meanwhile can't
 * be known, so only opening it anew makes it good.
 */
export class ImagePlace {
  #displacement: Displacement | null = null;
  #onDisplaced: ((displacement: Displacement) => void) | null = null;

  /** @param opened the file as it was when it was opened */
  constructor(
    private readonly path: string,
    private readonly fd: number,
    private readonly opened: FoundFile,
    private readonly io: ImageIo,
  ) {}

  /** The file's length in bytes when it was opened. */
  get byteLength(): number {
    return Number(this.opened.size);
  }

  get displacement(): Displacement | null {
    return this.#displacement;
  }

  /** Calls the listener once the image is displaced, at once if it is; null: calls none. One listener at a time. */
  whenDisplaced(listener: ((displacement: Displacement) => void) | null): void {
    this.#onDisplaced = listener;
    if (this.#displacement) listener?.(this.#displacement);
  }

  /**
   * Looks at the path.
   * @throws BlockError `ESTALE` when the image is displaced; `EIO` when that can't be found out now
   */
  check(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#displacement) throw this.refusal([]);
      this.io.stat(this.path, { bigint: true }, (error, found) => {
        const isSame = !error && compareIds(found, this.opened) === 'same';
        if (error && mayGoBy(error)) return reject(this.#unknown(error));
        if (error) this.#displace(this.#describeLoss(error));
        else if (isSame) this.#judgeLength(Number(found.size));
        else return this.#lookCloser(found).then(resolve, reject);
        if (this.#displacement) reject(this.refusal([]));
        else resolve();
      });
    });
  }

  /**
   * Looks at the length of the open file, and remembers it if it was shortened. Must come right before each write: one beyond
   * the end would lengthen the file again, and what it has lost would be zeros. Looks in this thread: on the way through
   * Node's threads a write would take twice as long.
   */
  noteLength(): void {
    if (this.#displacement) return;
    try {
      this.#judgeLength(this.io.fstatSync(this.fd).size);
    } catch (error) {
      this.#displace(this.#unreachable(error as NodeJS.ErrnoException));
    }
  }

  /** @throws BlockError `ESTALE` when the image is displaced or was shortened, with the sectors of the request */
  checkLength(sector: number, count: number): void {
    this.noteLength();
    if (this.#displacement) throw this.refusal([[sector, count]]);
  }

  /** The error of a request that is refused because the image is displaced. */
  refusal(failed: readonly SectorRange[]): BlockError {
    const { path, reason, happened } = this.#displacement!;
    const message = `${reason}: nothing is written to it any more; save the open image under another name, then open it anew`;
    return new BlockError('ESTALE', message, failed, { path, happened });
  }

  /** What a path tells of its file may be nothing, or wrong: only a handle says that it is another one. */
  async #lookCloser(found: FoundFile): Promise<void> {
    const byPath = compareIds(found, this.opened);
    const sameness = await compareByHandle(this.path, this.opened).catch((error: NodeJS.ErrnoException) => {
      if (mayGoBy(error)) throw this.#unknown(error);
      return byPath;
    });
    if (sameness === 'other') this.#displace(['replaced', 'was replaced by another file']);
    else this.#judgeLength(Number(found.size));
    if (this.#displacement) throw this.refusal([]);
  }

  #judgeLength(size: number): void {
    if (size >= this.byteLength) return;
    this.#displace(['shortened', `was shortened from ${this.byteLength} to ${size} bytes while it was open`]);
  }

  #unreachable({ code }: NodeJS.ErrnoException): Finding {
    return ['unreachable', `can no longer be reached (${code})`];
  }

  #describeLoss(error: NodeJS.ErrnoException): Finding {
    if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') return this.#unreachable(error);
    return this.#isDeleted()
      ? ['deleted', 'was deleted while it was open']
      : ['moved', 'was moved away while it was open'];
  }

  /** Whether no name leads to the file; false when that can't be known, as of an image that was closed during the look. */
  #isDeleted(): boolean {
    try {
      return this.io.fstatSync(this.fd).nlink === 0;
    } catch {
      return false;
    }
  }

  #displace([happened, what]: Finding): void {
    if (this.#displacement) return;
    this.#displacement = { path: this.path, happened, reason: `${this.path} ${what}` };
    this.#onDisplaced?.(this.#displacement);
  }

  #unknown(cause: NodeJS.ErrnoException): BlockError {
    const { message, details } = fileError(cause, this.path, 'find');
    return new BlockError('EIO', message, [], details, { cause });
  }
}

/** On Windows a program that has a file open for a moment, such as a virus scanner, is in the way of a look at it. */
function mayGoBy({ code = '' }: NodeJS.ErrnoException): boolean {
  if (doors.host.platform === 'win32' && (code === 'EACCES' || code === 'EPERM')) return true;
  return !LEADS_NOWHERE.has(code);
}

/** Errors that say that the path doesn't lead to the open file. Any other may go by. */
const LEADS_NOWHERE: ReadonlySet<string> = new Set([
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EACCES',
  'EPERM',
  'ENAMETOOLONG',
  'ESTALE',
]);
