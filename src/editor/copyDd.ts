import * as vscode from 'vscode';
import { RemapError } from '../engine';
import { SECTOR_SIZE } from '../shared/protocol';
import { selectedIn } from './changeTarget';
import { ddCommand } from './ddCommand';
import type { EditorSession } from './session';

/** Copies a command that reads the selection from the image, or from the kernel's device of that name. */
export async function copyDdCommand(session: EditorSession): Promise<void> {
  const { view, start, end } = selectedIn(session);
  const { document } = session;
  if (document.uri.scheme !== 'file') {
    throw new RemapError('EINVAL', 'This file isn’t on this computer: no command here can read it.');
  }
  const isDevice = view.id === 'device';
  const path = isDevice ? `/dev/mapper/${view.description}` : view.description;
  await vscode.env.clipboard.writeText(ddCommand(path, start, end));
  const hasUnsaved = document.edits
    .editedSectors(view.id)
    .some((sector) => (sector + 1) * SECTOR_SIZE > start && sector * SECTOR_SIZE < end);
  const unsaved = hasUnsaved ? ' It reads the disk, without the changes that are not saved.' : '';
  const kernel = isDevice ? ` It needs ${path} of the kernel, which “Copy as Shell Script” makes.` : '';
  session.say(`Copied the command.${unsaved}${kernel}`);
}
