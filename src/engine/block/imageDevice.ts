import { InFlight } from '../concurrency/inFlight';
import { MergedRuns } from '../concurrency/mergedRuns';
import { BlockError, type ErrorCode, type SectorRange } from '../errors';
import type { ImageIo, OpenFile } from '../outside/fileSystem';
import type { TransferDone } from '../outside/transfer';
import {
  answerWith,
  type BlockDevice,
  promiseRead,
  type ReadOptions,
  type ReadRequest,
  SECTOR_SIZE,
} from './blockDevice';
import { describeSectors } from './blockFailures';
import { fileError } from './fileError';
import { describeFullDisk, isFullDisk } from './fullDisk';
import {
  MAX_TRANSFER_BYTES,
  nonZeroRuns,
  type TransferFailure,
  transferFully,
  transferRuns,
} from './imageIo';
import type { ImageLock } from './imageLock';
import type { ImagePlace } from './imagePlace';
import { appendRange, checkRange, checkRequest, sliceSectors, subtractRanges } from './range';
import { nodeThreads } from './turnQueue';

const DISCARD_CHUNK_SECTORS = 2048;

/** The unit in which the system counts the room that a file takes. */
const STAT_BLOCK_BYTES = 512;

/** The outcome of a write that was not made. */
const STALE: NodeJS.ErrnoException = Object.assign(new Error('the image is displaced'), { code: 'ESTALE' });

/**
 * An open disk image; made by `openImage`. A request is one system call: positional I/O on a plain file descriptor.
 *
 * * A request that fails in the file system is tried again in parts, so that the error names exactly the failing sectors.
 * * Once the image is displaced (`ImagePlace`, R13), writes, discards and flushes are refused with `ESTALE` until it is
 *   opened anew. Reads go on: those past the end of a file that was shortened are `EIO` for exactly those sectors.
 * * Before each write the length is looked at, at each flush and after writes at the close the place: no write lengthens
 *   a file, and no flush is answered whose bytes can't be reached by the path.
 * * Flushes are grouped: while one runs, all that arrive share the next.
 * * Once a flush failed, so do all later ones until the image is opened anew: the operating system has forgotten which
 *   bytes it did not write, so that a second flush would succeed without having written them.
 * * Discards write zeros where the file holds anything else, and so leave holes alone.
 */
export class ImageDevice implements BlockDevice {
  readonly #fd: number;
  readonly #inFlight = new InFlight();
  #closing: Promise<void> | undefined;
  /** Bytes were written since the last flush began. True at first: an earlier process may have left unflushed bytes. */
  #dirty = true;
  #hasWritten = false;
  #flushFailure: NodeJS.ErrnoException | undefined;
  readonly #flushes = new MergedRuns(() => this.#sync());

  constructor(
    readonly path: string,
    readonly sectorCount: number,
    readonly readOnly: boolean,
    readonly place: ImagePlace,
    private readonly handle: OpenFile,
    private readonly lock: ImageLock | undefined,
    private readonly io: ImageIo,
  ) {
    this.#fd = handle.fd;
  }

  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void> {
    return promiseRead(this, sector, buffer, options);
  }

  submitRead(request: ReadRequest): void {
    try {
      this.#checkOpen();
      checkRequest(request.sector, request.buffer.length, this.sectorCount);
    } catch (error) {
      queueMicrotask(() => request.answer(error));
      return;
    }
    this.#inFlight.begin();
    nodeThreads.begin(this, request, this.io.gathers?.(request.buffer.length));
  }

  write(sector: number, buffer: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#checkWritable();
      const count = checkRequest(sector, buffer.length, this.sectorCount);
      const length = Math.min(buffer.length, MAX_TRANSFER_BYTES);
      this.#writeCall(this.#fd, buffer, 0, length, sector * SECTOR_SIZE, (error, byteCount) => {
        this.#dirty = true;
        if (!error && byteCount === buffer.length) {
          this.#inFlight.end();
          if (this.place.displacement) reject(this.place.refusal([[sector, count]]));
          else resolve();
          return;
        }
        const finished = this.#writeRuns(restOf(sector, count, error ? 0 : byteCount), sector, buffer);
        finished.finally(() => this.#inFlight.end()).then(resolve, reject);
      });
      this.#inFlight.begin();
    });
  }

  async flush(): Promise<void> {
    this.#checkOpen();
    if (this.readOnly) return;
    await this.#inFlight.during(() => this.#flushes.run());
  }

  async discard(sector: number, sectorCount: number): Promise<void> {
    this.#checkWritable();
    checkRange(sector, sectorCount, this.sectorCount);
    this.place.checkLength(sector, sectorCount);
    await this.#inFlight.during(() => this.#zero(sector, sectorCount));
  }

  checkPlace(): Promise<void> {
    return this.place.check();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** Whether it has a lock that is weaker than others: see {@link ImageLock.isWeak}. */
  get hasWeakLock(): boolean {
    return this.lock?.isWeak ?? false;
  }

  /** Whether the file has room on its disk for all that it holds: it has no holes then. False once it is closed. */
  get isFullyAllocated(): boolean {
    if (this.#closing) return false;
    const { size, blocks } = this.io.fstatSync(this.#fd);
    return blocks * STAT_BLOCK_BYTES >= size;
  }

  /** Up to `length` bytes after the last whole sector; zeros where the file was shortened. */
  async readTail(length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    await this.#inFlight.during(() =>
      transferFully(this.io.read, this.#fd, bytes, this.sectorCount * SECTOR_SIZE),
    );
    return bytes;
  }

  #checkOpen(): void {
    if (this.#closing) throw new BlockError('ENODEV', `${this.path} is closed`, [], { path: this.path });
  }

  #checkWritable(): void {
    this.#checkOpen();
    if (this.readOnly) {
      throw new BlockError('EROFS', `${this.path} is open read-only`, [], { path: this.path });
    }
  }

  /** Makes the system call of a read. Called by the queue of Node's threads. */
  start(request: ReadRequest): void {
    const { sector, buffer } = request;
    const length = Math.min(buffer.length, MAX_TRANSFER_BYTES);
    const done: TransferDone = (error, byteCount) => {
      nodeThreads.end();
      if (error || byteCount !== buffer.length) return this.#readRest(request, error ? 0 : byteCount);
      this.#inFlight.end();
      request.answer();
    };
    try {
      this.io.read(this.#fd, buffer, 0, length, sector * SECTOR_SIZE, done);
    } catch (error) {
      done(error as Error, 0);
    }
  }

  /** Finishes a read that was answered in part or not at all. */
  #readRest(request: ReadRequest, byteCount: number): void {
    const { sector, buffer, options } = request;
    const rest = restOf(sector, buffer.length / SECTOR_SIZE, byteCount);
    const read = this.#readRuns(subtractRanges(rest, options?.skip ?? []), sector, buffer);
    answerWith(
      read.finally(() => this.#inFlight.end()),
      request,
    );
  }

  async #readRuns(runs: readonly SectorRange[], base: number, buffer: Uint8Array): Promise<void> {
    const failure = await transferRuns(runs, (first, count) =>
      transferFully(this.io.read, this.#fd, sliceSectors(buffer, base, first, count), first * SECTOR_SIZE),
    );
    if (failure) throw this.#explain('read', failure);
  }

  async #writeRuns(runs: readonly SectorRange[], base: number, buffer: Uint8Array): Promise<void> {
    const failure = await transferRuns(runs, (first, count) =>
      transferFully(this.#writeCall, this.#fd, sliceSectors(buffer, base, first, count), first * SECTOR_SIZE),
    );
    this.#dirty = true;
    if (failure) throw this.#explain('write', failure);
  }

  /** Reads before it writes: a hole is quick to read, and stays one. */
  async #zero(sector: number, sectorCount: number): Promise<void> {
    const end = sector + sectorCount;
    const failed: [number, number][] = [];
    const errors: NodeJS.ErrnoException[] = [];
    const buffer = new Uint8Array(Math.min(sectorCount, DISCARD_CHUNK_SECTORS) * SECTOR_SIZE);
    for (let first = sector; first < end; first += DISCARD_CHUNK_SECTORS) {
      const chunk = sliceSectors(buffer, 0, 0, Math.min(DISCARD_CHUNK_SECTORS, end - first));
      const { byteCount } = await transferFully(this.io.read, this.#fd, chunk, first * SECTOR_SIZE);
      // Bytes that can't be read may be anything, so zeros are written over them.
      chunk.fill(1, byteCount);
      const runs = nonZeroRuns(chunk).map(([at, count]): SectorRange => [first + at, count]);
      chunk.fill(0);
      const failure = await transferRuns(runs, (from, count) =>
        transferFully(this.#writeCall, this.#fd, sliceSectors(chunk, first, from, count), from * SECTOR_SIZE),
      );
      for (const run of failure?.failed ?? []) appendRange(failed, ...run);
      for (const error of failure?.errors ?? []) errors.push(error);
    }
    this.#dirty = true;
    if (failed.length > 0) throw this.#explain('write', { failed, errors });
  }

  /** The system call of every write: a displaced image makes none. */
  readonly #writeCall: ImageIo['write'] = (fd, buffer, offset, length, position, done) => {
    this.place.noteLength();
    if (this.place.displacement) {
      queueMicrotask(() => done(STALE, 0));
      return;
    }
    this.#hasWritten = true;
    this.io.write(fd, buffer, offset, length, position, done);
  };

  /** The place is looked at while the bytes are written out, which begins first: so the look takes no time of its own. */
  async #sync(): Promise<void> {
    if (this.place.displacement) throw this.place.refusal([]);
    const results = await Promise.allSettled([this.#writeOut(), this.place.check()]);
    for (const result of results) if (result.status === 'rejected') throw result.reason;
  }

  #writeOut(): Promise<void> {
    return new Promise((resolve, reject) => {
      if (this.#flushFailure) throw this.#flushError(this.#flushFailure);
      if (!this.#dirty) return resolve();
      this.#dirty = false;
      this.io.fdatasync(this.#fd, (error) => {
        if (!error) return resolve();
        this.#flushFailure = error;
        reject(this.#flushError(error));
      });
    });
  }

  #flushError(cause: NodeJS.ErrnoException): BlockError {
    const full = isFullDisk(cause) ? describeFullDisk(this.path) : undefined;
    const message = `${this.path} could not be flushed (${full?.reason ?? cause.message}): what was written since the last flush may be lost; open the image anew`;
    return new BlockError(errorCode([cause]), message, [], full?.details ?? { path: this.path }, { cause });
  }

  #explain(operation: 'read' | 'write', { failed, errors }: TransferFailure): BlockError {
    if (operation === 'write' && this.place.displacement) return this.place.refusal(failed);
    const cause = errors.find(isFullDisk) ?? errors[0];
    const full = isFullDisk(cause) ? describeFullDisk(this.path) : undefined;
    const sectors = describeSectors(failed);
    const reason = full?.reason ?? (cause ? cause.message : this.#describeEnd());
    const message = `${sectors} of ${this.path} can't be ${operation === 'read' ? 'read' : 'written'}: ${reason}`;
    const details = { path: this.path, sector: failed[0]![0], ...full?.details };
    return new BlockError(errorCode(errors), message, failed, details, cause ? { cause } : undefined);
  }

  #describeEnd(): string {
    this.place.noteLength();
    return `the file was shortened to ${this.io.fstatSync(this.#fd).size} bytes while it was open`;
  }

  async #close(): Promise<void> {
    await this.#inFlight.drained();
    try {
      if (this.#hasWritten) await this.place.check();
    } finally {
      this.place.whenDisplaced(null);
      await this.#closeFile();
    }
  }

  async #closeFile(): Promise<void> {
    try {
      await this.handle.close().finally(() => this.lock?.release());
    } catch (error) {
      throw fileError(error, this.path, 'close');
    }
  }
}

/** The sectors of a request that are left after its first bytes, the sector in which it stopped included. */
function restOf(sector: number, count: number, byteCount: number): SectorRange[] {
  const done = Math.floor(byteCount / SECTOR_SIZE);
  return [[sector + done, count - done]];
}

function errorCode(errors: readonly NodeJS.ErrnoException[]): ErrorCode {
  const codes = errors.map((error) => error.code ?? '');
  if (codes.some((code) => ['ENOSPC', 'EDQUOT', 'EFBIG'].includes(code))) return 'ENOSPC';
  if (codes.some((code) => ['EROFS', 'EPERM'].includes(code))) return 'EROFS';
  return 'EIO';
}
