import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** How long Windows' program may take. */
const TIMEOUT_MS = 10_000;

/**
 * NTFS and ReFS make holes in a file that has the sparse flag, which Node can't set. Others refuse it, and their files are
 * full, as they are where Windows' program for it is missing or can't be started.
 */
export async function makeSparse(path: string, platform = process.platform): Promise<void> {
  if (platform !== 'win32') return;
  const program = join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'fsutil.exe');
  try {
    await promisify(execFile)(program, ['sparse', 'setflag', path], {
      timeout: TIMEOUT_MS,
      windowsHide: true,
    });
  } catch {
    // The file system has no such flag, or there is no such program. Node throws some reasons, and rejects with others.
  }
}
