import { doors } from './doors';

/** What Windows answers while another program, such as a virus scanner, has the file open for a moment. */
const IN_THE_WAY: ReadonlySet<string> = new Set(['EPERM', 'EACCES', 'EBUSY']);

/** After so many milliseconds it is tried again, each time twice as long, and about 4 s in all. */
const FIRST_WAIT_MS = 10;
const LONGEST_WAIT_MS = 1280;
const TRIES = 10;

/**
 * Renames a file over another. Where a file that is open can't be replaced, it is tried for some seconds.
 * @throws the system's error
 */
export function renameFile(from: string, to: string): Promise<void> {
  return patiently(() => doors.files.rename(from, to));
}

/** Removes a file, if it is there. Tried as {@link renameFile}. */
export async function removeFile(path: string): Promise<void> {
  try {
    await patiently(() => doors.files.unlink(path));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

/** Does what a file that is open may be in the way of, for some seconds on Windows. */
export async function patiently(act: () => Promise<void>): Promise<void> {
  const { host } = doors;
  for (let tried = 1; ; tried++) {
    try {
      return await act();
    } catch (error) {
      const isInTheWay = IN_THE_WAY.has((error as NodeJS.ErrnoException).code ?? '');
      if (host.platform !== 'win32' || !isInTheWay || tried === TRIES) throw error;
    }
    await host.wait(Math.min(FIRST_WAIT_MS * 2 ** (tried - 1), LONGEST_WAIT_MS));
  }
}
