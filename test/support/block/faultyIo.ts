import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import type { SectorRange } from '../../../src/engine/errors';
import { type ImageIo, nodeFiles } from '../../../src/engine/outside/fileSystem';

export interface IoFaults {
  /** Transfers end after this many bytes, as if interrupted. */
  maxTransfer?: number;
  /** Sectors whose transfer fails. */
  bad?: readonly SectorRange[];
  failingOperation?: 'read' | 'write';
  errorCode?: string;
  /** Transfers stop short before the first failing sector, as Linux does, instead of failing as a whole. */
  partialProgress?: boolean;
  /** Errors of the flushes to come, in order; null is a success. */
  flushErrors?: (string | null)[];
}

/** The real file system with chosen faults, and a record of the calls made. */
export class FaultyIo implements ImageIo {
  readonly calls: { operation: 'read' | 'write'; byteOffset: number; byteLength: number }[] = [];
  /** Flushes that were started and are held; each entry completes one. */
  readonly heldFlushes: (() => void)[] = [];
  holdFlushes = false;
  flushCount = 0;

  constructor(readonly faults: IoFaults = {}) {}

  readonly fstatSync = nodeFiles.io.fstatSync;
  readonly stat = nodeFiles.io.stat;

  readonly read: ImageIo['read'] = (fd, buffer, offset, length, position, done) => {
    this.#transfer('read', length, position, done, (allowed) =>
      nodeFiles.io.read(fd, buffer, offset, allowed, position, done),
    );
  };

  readonly write: ImageIo['write'] = (fd, buffer, offset, length, position, done) => {
    this.#transfer('write', length, position, done, (allowed) =>
      nodeFiles.io.write(fd, buffer, offset, allowed, position, done),
    );
  };

  readonly fdatasync: ImageIo['fdatasync'] = (fd, done) => {
    this.flushCount++;
    const code = this.faults.flushErrors?.shift();
    const run = (): void => {
      if (code) setImmediate(() => done(errno(code)));
      else nodeFiles.io.fdatasync(fd, done);
    };
    if (this.holdFlushes) this.heldFlushes.push(run);
    else run();
  };

  #transfer(
    operation: 'read' | 'write',
    length: number,
    position: number,
    done: (error: NodeJS.ErrnoException | null, byteCount: number) => void,
    run: (allowed: number) => void,
  ): void {
    this.calls.push({ operation, byteOffset: position, byteLength: length });
    const {
      maxTransfer = length,
      bad = [],
      failingOperation,
      errorCode = 'EIO',
      partialProgress,
    } = this.faults;
    let allowed = Math.min(length, maxTransfer);
    if (failingOperation === operation) {
      const firstBad = firstBadByte(bad, position, length);
      if (firstBad !== undefined && (firstBad === position || !partialProgress)) {
        setImmediate(() => done(errno(errorCode), 0));
        return;
      }
      if (firstBad !== undefined) allowed = Math.min(allowed, firstBad - position);
    }
    run(allowed);
  }
}

export function errno(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: injected`), { code });
}

function firstBadByte(bad: readonly SectorRange[], position: number, length: number): number | undefined {
  for (const [first, count] of bad) {
    const start = Math.max(first * SECTOR_SIZE, position);
    if (start < Math.min((first + count) * SECTOR_SIZE, position + length)) return start;
  }
  return undefined;
}
