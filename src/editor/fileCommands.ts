import * as vscode from 'vscode';
import { type Owner, sectorsOf } from '../engine';
import { inform } from '../frame/notifications';
import type { TreeReference } from '../frame/treeReference';
import { uiCommands } from '../manifest';
import { SECTOR_SIZE } from '../shared/protocol';
import { nextInFile } from './nextInFile';
import type { EditorSession } from './session';
import { showLook } from './showLook';

/** Goes to the sector that follows the one under the cursor in its file. */
export async function goToNextSectorOfFile(session: EditorSession): Promise<void> {
  const found = await fileUnderCursor(session);
  if (!found) return;
  const { path, volume } = found.owner;
  const { extents, unwritten } = await sectorsOf(await found.look.disk(), path, volume);
  const next = nextInFile([...extents, ...unwritten], found.sector);
  if (next === null) void inform(`Sector ${found.sector} is the last of ${path}.`);
  else session.reveal({ view: found.view.id, byteOffset: next * SECTOR_SIZE }, true);
}

/** Opens the contents of the file that the sector under the cursor belongs to. */
export async function openFileUnderCursor(session: EditorSession): Promise<void> {
  const found = await fileUnderCursor(session);
  if (!found) return;
  const { deviceKey } = session.document.subject;
  const disk =
    deviceKey !== null && found.view.id === 'device' ? { deviceKey } : { imagePath: found.view.description };
  const { path, volume } = found.owner;
  const origin: TreeReference = { treeReference: true, ...disk, file: { path, volume } };
  await vscode.commands.executeCommand(uiCommands.openFileContents, origin);
}

/** The file of the sector under the cursor; a person is told where there is none. */
async function fileUnderCursor({ cursor, document }: EditorSession) {
  const view = document.source.views.find(({ id }) => id === cursor?.view);
  if (!cursor || !view) return undefined;
  const { sector } = cursor;
  const look = await document.subject.volumesOf(view);
  const owner = (await look?.ownerOf(sector, showLook))?.owner;
  if (look && owner && isOfFile(owner)) return { look, owner, sector, view };
  void inform(`Sector ${sector} belongs to no file that is known.`);
  return undefined;
}

function isOfFile(owner: Owner): owner is Owner & { readonly path: string; readonly volume: number } {
  return owner.path !== undefined && owner.volume !== undefined;
}
