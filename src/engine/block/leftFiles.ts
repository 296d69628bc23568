import { basename, dirname, join } from 'node:path';
import { doors } from '../outside/doors';
import { type LockHolder, readHolder } from './lockFile';
import { isDeadProcess, ownerState } from './lockOwner';

/** A name of `temporaryPathFor`, without the image's; earlier versions wrote `PID-COUNTER.tmp`. */
const TEMPORARY = /^(?:lock|map\b.*?)\.(\d+)-(?:(\d+)-)?[0-9a-f]+\.tmp$/;
/** What a contender for a lock leaves: its own file, as earlier versions named it, and its claim of a dead lock. */
const CONTENDER = /^lock\.[\w-]{1,64}(?:\.claim|\.swap)?$/;

/** No contender takes so long to write its file. */
const YOUNG_MS = 60_000;

/**
 * Removes what processes that are dead have left beside an image: temporary files of its lock and of its rescue map, and
 * claims of locks. The caller holds the image's lock, so that no living process is writing the map. None of these files is
 * in the way of a new one, so a file that can't be removed stays.
 */
export async function removeLeftFiles(imagePath: string): Promise<void> {
  const folder = dirname(imagePath);
  const prefix = `.${basename(imagePath)}.`;
  const names = await doors.files.readdir(folder).catch(() => []);
  await Promise.allSettled(
    names
      .filter((name) => name.startsWith(prefix))
      .map(async (name) => {
        const path = join(folder, name);
        if (await isLeft(path, name.slice(prefix.length))) await doors.files.unlink(path);
      }),
  );
}

/** @param kind the file's name without the image's */
async function isLeft(path: string, kind: string): Promise<boolean> {
  const [, pid, startTime = null] = TEMPORARY.exec(kind) ?? [];
  if (pid === undefined && !CONTENDER.test(kind)) return false;
  if (kind.startsWith('lock.')) {
    // Its content says more than its name: a contender may be on another computer, and writing it just now.
    const holder = await readHolder(path);
    if (isOwner(holder)) return (await ownerState(holder)) === 'dead';
    if (!(await isOld(path))) return false;
  }
  return pid !== undefined && isDeadProcess(Number(pid), startTime === '0' ? null : startTime);
}

async function isOld(path: string): Promise<boolean> {
  const { mtimeMs } = await doors.files.stat(path);
  return Date.now() - Number(mtimeMs) > YOUNG_MS;
}

function isOwner(holder: LockHolder | undefined): holder is Exclude<LockHolder, 'unreadable'> {
  return holder !== undefined && holder !== 'unreadable';
}
