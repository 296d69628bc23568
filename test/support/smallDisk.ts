import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { need } from './needs';

const BALLAST_CHUNK_BYTES = 16 * 1024;

/** A real file system of a few MiB that a test can fill. */
export interface SmallDisk {
  /** Where it is mounted, or a file on it. */
  path(name?: string): string;
  /** Writes a file until nothing more fits, but for `leaveBytes`. */
  fill(leaveBytes?: number): void;
  /** Removes that file. */
  makeRoom(): void;
}

/**
 * A tmpfs for each test of the enclosing `describe`, unmounted after it. Where this process may not mount one, the tests
 * are skipped with a message. Call in the `describe`, use in the tests.
 */
export function smallDisk(mebibytes: number): SmallDisk {
  let folder = '';
  beforeEach(function () {
    need(this, 'smallDisks');
    folder = mkdtempSync(join(tmpdir(), 'remap-small-'));
    const options = ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder];
    if (spawnSync('mount', options).status === 0) return;
    rmdirSync(folder);
    folder = '';
    throw new Error('no tmpfs could be mounted, and one could before');
  });
  afterEach(() => {
    if (folder === '') return;
    spawnSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
    folder = '';
  });
  const path = (name = ''): string => join(folder, name);
  const makeRoom = (): void => rmSync(path('ballast'), { force: true });
  const fill = (leaveBytes = 0): void => {
    makeRoom();
    const file = openSync(path('ballast'), 'w');
    const reserve = openSync(path('reserve'), 'w');
    writeSync(reserve, Buffer.alloc(leaveBytes));
    try {
      for (;;) writeSync(file, Buffer.alloc(BALLAST_CHUNK_BYTES));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
      closeSync(reserve);
      rmSync(path('reserve'));
    }
  };
  return { path, fill, makeRoom };
}
