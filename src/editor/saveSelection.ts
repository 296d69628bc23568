import { basename, join } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../contract/pathKey';
import type { DevicesService } from '../devices/devicesService';
import { type Piece, piecesOf, savePieces } from '../devices/savePieces';
import { baseFolder } from '../devices/workspaceFiles';
import { RemapError } from '../engine';
import { askAtBadParts, tellSaved } from '../frame/badParts';
import { runDialog } from '../frame/dialog';
import { withProgress } from '../frame/progress';
import { MAX_READ_SECTORS, SECTOR_SIZE } from '../shared/protocol';
import { type ChangeTarget, selectedIn } from './changeTarget';
import type { SectorDocument } from './document';
import type { EditorSession } from './session';

const TITLE = 'Save Selection As';

/** Asks for a file, and saves the selected bytes in it, with the unsaved changes among them. */
export async function saveSelectionAs(session: EditorSession, devices: DevicesService): Promise<void> {
  const target = selectedIn(session);
  const { document } = session;
  const atBadParts = (await hasUnreadable(document, target))
    ? await runDialog(TITLE, (dialog) => askAtBadParts(dialog, 'selection'))
    : 'stop';
  if (!atBadParts) return;
  const folder = baseFolder();
  const name = `${basename(target.view.description)}-${nameOfPlace(target)}.bin`;
  const chosen = await vscode.window.showSaveDialog({
    title: TITLE,
    defaultUri: vscode.Uri.file(folder === undefined ? name : join(folder, name)),
  });
  if (!chosen) return;
  const { fsPath } = chosen;
  refuseImage(fsPath, document, devices);
  const lost = await withProgress(
    'Saving the selection',
    (task) => {
      const pieces = readPieces(document, target, task.signal);
      return savePieces(pieces, target.end - target.start, fsPath, atBadParts, task);
    },
    { cancellable: true },
  );
  tellSaved(basename(fsPath), lost, atBadParts);
}

/** An image that is shown or belongs to a device would be replaced, and the editor left with the file that was there. */
function refuseImage(path: string, document: SectorDocument, devices: DevicesService): void {
  const owner = devices.ownerOf(path)?.device.name;
  if (owner !== undefined) {
    throw new RemapError('EBUSY', `${path} belongs to the assembled device “${owner}”: choose another file.`);
  }
  if (isSamePath(path, document.uri.fsPath)) {
    throw new RemapError('EBUSY', `${path} is what this editor shows: choose another file.`);
  }
}

function nameOfPlace({ start }: ChangeTarget): string {
  const within = start % SECTOR_SIZE;
  return `sector-${Math.floor(start / SECTOR_SIZE)}${within === 0 ? '' : `+${within}`}`;
}

/** Whether a sector of the selection is known to be unreadable. */
async function hasUnreadable(
  { source, edits }: SectorDocument,
  { view, start, end }: ChangeTarget,
): Promise<boolean> {
  const first = Math.floor(start / SECTOR_SIZE);
  const edited = new Set(edits.editedSectors(view.id));
  for (const landmark of ['bad', 'notRescued'] as const) {
    let sector = await source.seek(view.id, landmark, first, 'next');
    while (sector !== null && edited.has(sector)) sector = await nextAfter(source, view, landmark, sector);
    if (sector !== null && sector * SECTOR_SIZE < end) return true;
  }
  return false;
}

async function nextAfter(
  source: SectorDocument['source'],
  { id, byteCount }: ChangeTarget['view'],
  landmark: 'bad' | 'notRescued',
  sector: number,
): Promise<number | null> {
  if ((sector + 1) * SECTOR_SIZE >= byteCount) return null;
  return source.seek(id, landmark, sector + 1, 'next');
}

/** The selected bytes as the editor shows them, read as they are needed. */
async function* readPieces(
  { edits }: SectorDocument,
  { view, start, end }: ChangeTarget,
  signal: AbortSignal,
): AsyncIterable<Piece> {
  const sectorsEnd = Math.ceil(end / SECTOR_SIZE);
  for (let first = Math.floor(start / SECTOR_SIZE); first < sectorsEnd; first += MAX_READ_SECTORS) {
    const count = Math.min(MAX_READ_SECTORS, sectorsEnd - first);
    const { bytes, unreadable } = await edits.read(view.id, first, count, signal);
    const from = Math.max(start, first * SECTOR_SIZE);
    const to = Math.min(end, (first + count) * SECTOR_SIZE);
    const selected = bytes.subarray(from - first * SECTOR_SIZE, to - first * SECTOR_SIZE);
    const ranges = unreadable.map((run) => [run.first, run.count] as const);
    yield* piecesOf(selected, from, ranges, (sector) => `sector ${sector}`);
  }
}
