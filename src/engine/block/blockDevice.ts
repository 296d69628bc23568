import type { SectorRange } from '../errors';

/** The size of a sector, the unit of every address, in bytes. */
export const SECTOR_SIZE = 512;

/** Which of a read's sectors the caller needs, and whether it will read on. */
export interface ReadOptions {
  /**
   * Runs of the request that the caller doesn't need, ascending and disjoint. Their bytes in the buffer are undefined
   * afterwards, and their failures are not reported. The device may read them all the same if that is cheaper than splitting
   * the request.
   */
  readonly skip?: readonly SectorRange[];
  /** The caller will probably read soon what follows the run. */
  readonly willReadOn?: boolean;
  /** The caller only looks: a sector that a retry can read stays where it is, and nothing is written (R15). */
  readonly onlyLooks?: boolean;
}

/** A read that is answered by a call instead of a promise: see {@link submitRead}. */
export interface ReadRequest {
  readonly sector: number;
  readonly buffer: Uint8Array;
  readonly options: ReadOptions | undefined;
  /** Takes the answer, once: the error that the read failed with, or nothing. */
  answer(error?: unknown): void;
}

/**
 * A disk or a layer of the stack. All methods are asynchronous and may be called with many requests in flight.
 * Buffers hold whole sectors and belong to the device until the request is answered.
 *
 * Errors: `BlockError` with `EIO` and the exact failing sectors (the rest of the request was transferred), `EINVAL`
 * for a request that isn't inside the device or not whole sectors (R12), `EROFS`, `ENOSPC`, `ESTALE` for a change to an
 * image that is displaced (R13), `ENODEV` after close.
 */
export interface BlockDevice {
  readonly sectorCount: number;
  /** True when every write is refused with `EROFS`. */
  readonly readOnly: boolean;
  /** Reads `buffer.length / 512` sectors from `sector` on. */
  read(sector: number, buffer: Uint8Array, options?: ReadOptions): Promise<void>;
  /**
   * As {@link read}, but answered by a call, which never comes before this one returns. Only for devices that gain by it;
   * {@link submitRead} reads from any device.
   */
  submitRead?(request: ReadRequest): void;
  /** Writes `buffer.length / 512` sectors from `sector` on. Durable only after the next `flush`. */
  write(sector: number, buffer: Uint8Array): Promise<void>;
  /** Resolves when every write that was answered before the call survives a power loss. */
  flush(): Promise<void>;
  /**
   * Rejects with `ESTALE` when an image below is displaced: its path no longer leads to it, or it was shortened (R13). Only
   * of devices over an image; a flush looks by itself.
   */
  checkPlace?(): Promise<void>;
  /** The run reads as zeros afterwards; a hint to give its space back. */
  discard(sector: number, sectorCount: number): Promise<void>;
  /** Waits for requests in flight, then releases what the device holds. Idempotent. */
  close(): Promise<void>;
}

/**
 * Reads from a device and has the answer given by a call. A small read spends more time in the promises of the layers than
 * in the layers themselves; devices that have `submitRead` make none.
 */
export function submitRead(device: BlockDevice, request: ReadRequest): void {
  if (device.submitRead) device.submitRead(request);
  else answerWith(device.read(request.sector, request.buffer, request.options), request);
}

/** Answers a request once a promise has settled, with its error if it has one. */
export function answerWith(read: Promise<void>, request: ReadRequest): void {
  read.then(
    () => request.answer(),
    (error: unknown) => request.answer(error),
  );
}

/** The promise form of a device that answers by calls. */
export function promiseRead(
  device: Required<Pick<BlockDevice, 'submitRead'>>,
  sector: number,
  buffer: Uint8Array,
  options: ReadOptions | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const answer = (error?: unknown): void => (error === undefined ? resolve() : reject(error));
    device.submitRead({ sector, buffer, options, answer });
  });
}

/** The time of day. Injected wherever behaviour depends on it, so that tests decide. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
}

export const systemClock: Clock = { now: () => Date.now() };
