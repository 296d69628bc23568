import { formatSize } from '../contract/wording';
import { confirm } from '../frame/decisions';
import { inform } from '../frame/notifications';
import { withProgress } from '../frame/progress';
import { MAX_EDIT_BYTES, SECTOR_SIZE, type ViewInfo } from '../shared/protocol';
import { placeInWords } from './changeTarget';
import type { EditorSession } from './session';

/** A change of bytes `[start, end)` that a command makes. */
export interface Change {
  readonly view: ViewInfo;
  readonly start: number;
  readonly end: number;
  /** Names the change in VS Code, such as `Fill 512 Bytes`. */
  readonly label: string;
  /** What is done, for a person: `Filling sectors 3 to 5`. */
  readonly doing: string;
  /** What was done: `Filled sectors 3 to 5`. */
  readonly done: string;
  /** The question about a change that can't be undone, without its reason: `Fill sectors 3 to 5 with zeros`. */
  readonly question: string;
  /** The bytes from `at` on, counted from the first. */
  bytes(at: number, count: number): Promise<Uint8Array> | Uint8Array;
}

/**
 * Makes a change: as one edit that can be undone, or, where it is too large for that, on the disk at once if the person
 * agrees.
 */
export async function makeChange(session: EditorSession, change: Change): Promise<void> {
  const { view, start, end, label, doing, done } = change;
  const count = end - start;
  if (count > MAX_EDIT_BYTES) return writeNow(session, change);
  await withProgress(
    doing,
    async (task) => {
      const bytes = await change.bytes(0, count);
      await session.document.overwrite(view.id, start, bytes, label, task);
    },
    { cancellable: true },
  );
  session.reveal({ view: view.id, byteOffset: start }, true);
  session.say(`${done}. Save to write it to the disk.`);
}

async function writeNow(session: EditorSession, change: Change): Promise<void> {
  const { view, start, end, doing, done, question } = change;
  const limit = formatSize(MAX_EDIT_BYTES / SECTOR_SIZE);
  const size = formatSize((end - start) / SECTOR_SIZE);
  const detail = `These are ${size}, and an edit that can be undone has at most ${limit}, because it is kept in memory. They are written to the disk at once, and what was there is lost.`;
  if (!(await confirm(`${question}, without a way to undo it?`, detail, 'Write to Disk'))) return;
  const { id } = view;
  const write = { view: id, byteOffset: start, byteCount: end - start, bytes: change.bytes };
  const written = await withProgress(doing, (task) => session.document.writeNow(write, task), {
    cancellable: true,
  });
  session.reveal({ view: id, byteOffset: start }, true);
  if (written === end - start) session.say(`${done} on the disk.`);
  else if (written === 0) session.say('Cancelled: nothing was written.');
  else {
    const rest = 'what follows is as it was';
    void inform(`Cancelled. ${capital(placeInWords(start, start + written))} are written, ${rest}.`);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
