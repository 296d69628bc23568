import * as vscode from 'vscode';
import { RemapError } from '../engine';
import { type Dialog, runDialog } from '../frame/dialog';
import { inform } from '../frame/notifications';
import { type Direction, SECTOR_SIZE } from '../shared/protocol';
import type { Bookmark, Bookmarks, BytePlace } from './bookmarks';
import type { EditorSession } from './session';

/** Removes the bookmark under the cursor, or asks for a name and makes one. */
export async function toggleBookmark(bookmarks: Bookmarks, session: EditorSession): Promise<void> {
  const { place, document, panel } = session;
  if (!place) return;
  const uri = document.uri.toString();
  const existing = bookmarks.at(uri, place);
  if (existing) {
    await bookmarks.remove(existing);
    session.say(`Removed the bookmark “${existing.name}”.`);
    return;
  }
  const name = await runDialog('Toggle Bookmark', (dialog) => askName(dialog, place));
  if (name === undefined) return;
  await bookmarks.add({ uri, editor: panel.viewType, ...place, name });
  session.say(`Made the bookmark “${name}” at ${placeText(place)}.`);
}

/** Goes to the nearest bookmark of the view after or before the cursor, or says that there is none. */
export function goToNextBookmark(bookmarks: Bookmarks, session: EditorSession, direction: Direction): void {
  const { place, document } = session;
  if (!place) return;
  const next = bookmarks.next(document.uri.toString(), place, direction);
  if (next) session.reveal({ view: next.view, byteOffset: next.byteOffset }, true);
  else session.say(`No bookmark ${direction === 'next' ? 'after' : 'before'} ${placeText(place)}.`);
}

/**
 * Has a person choose one of the workspace's bookmarks, those of the active document first.
 * @returns undefined if none was chosen, or there is none, which is said
 */
export async function chooseBookmark(
  bookmarks: Bookmarks,
  active: EditorSession | null,
): Promise<Bookmark | undefined> {
  const here = active?.document.uri.toString();
  const all = [...bookmarks.all].sort((a, b) => Number(b.uri === here) - Number(a.uri === here));
  if (all.length === 0) {
    void inform('There is no bookmark yet: “Toggle Bookmark” in the sector editor makes one at the cursor.');
    return undefined;
  }
  const choices = all.map((bookmark) => ({
    label: bookmark.name,
    description: placeText(bookmark),
    detail: bookmark.uri === here ? undefined : vscode.Uri.parse(bookmark.uri).fsPath,
    value: bookmark,
  }));
  return runDialog('Go to Bookmark', (dialog) => dialog.choice('Bookmark', choices));
}

function askName(dialog: Dialog, place: BytePlace): Promise<string> {
  const text = placeText(place);
  return dialog.text({
    prompt: `Name of the bookmark at ${text}`,
    value: `${text.charAt(0).toUpperCase()}${text.slice(1)}`,
    read: (typed) => {
      if (typed.trim() === '') throw new RemapError('EINVAL', 'a bookmark needs a name');
      return typed.trim();
    },
  });
}

/** A place in words: `sector 1000 + 16 of main`. */
function placeText({ view, byteOffset }: BytePlace): string {
  const within = byteOffset % SECTOR_SIZE;
  const sector = `sector ${Math.floor(byteOffset / SECTOR_SIZE)}`;
  return `${sector}${within === 0 ? '' : ` + ${within}`}${view === 'device' || view === 'file' ? '' : ` of ${view}`}`;
}
