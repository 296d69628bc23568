import { basename } from 'node:path';
import * as vscode from 'vscode';
import { isSamePath } from '../contract/pathKey';
import { formatSize } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { COPY_COUNT, COPY_STRIDE_SECTORS, copyHolding, STRUCTURE_SECTORS } from '../engine';
import type { Dialog } from '../frame/dialog';
import { folderOf } from '../frame/folderText';
import { editors } from '../manifest';
import type { ViewId } from '../shared/protocol';
import { savedUri } from './savedSubject';
import type { EditorSession } from './session';

/** A side of a comparison that is to be opened. */
export interface SideToOpen {
  readonly uri: vscode.Uri;
  readonly editor: (typeof editors)[keyof typeof editors];
  /** Null: the first view that the document has. */
  readonly view: ViewId | null;
  readonly firstSector: number;
  readonly sectorCount: number | null;
  readonly name: string;
}

/** What is compared: two sides, of which the first may be in an open editor. */
export interface Pair {
  readonly first: SideToOpen;
  readonly second: SideToOpen;
  readonly session: EditorSession | null;
}

type Option = {
  readonly label: string;
  readonly description?: string | undefined;
  readonly value: Pair | null;
};

/** An image or any other file as a side. */
export function imageSide(path: string): SideToOpen {
  return side(vscode.Uri.file(path), editors.image, 'file', basename(path));
}

/** The bytes of a device as a side. */
export function deviceSide(deviceKey: string, name: string): SideToOpen {
  return side(vscode.Uri.file(deviceKey), editors.sectors, 'device', name);
}

/** The view that an editor shows, as a side. */
export function sessionSide(session: EditorSession, devices: DevicesService): SideToOpen {
  const { document, panel, cursor } = session;
  const view = cursor?.view ?? document.source.views[0]?.id ?? null;
  const editor = panel.viewType === editors.sectors ? editors.sectors : editors.image;
  return side(document.uri, editor, view, nameIn(session, view, devices));
}

/**
 * Asks for what a side is compared with: what belongs to it comes first.
 * @param session the editor that shows the side, if one does
 */
export async function askPair(
  devices: DevicesService,
  dialog: Dialog,
  first: SideToOpen,
  session: EditorSession | null,
): Promise<Pair> {
  const own = session ? await ownOptions(devices, first, session) : [];
  const pair = (second: SideToOpen): Pair => ({ first, second, session });
  const views = deviceOptions(devices).map((second) => ({ label: second.name, value: pair(second) }));
  const images = (await devices.freeImages()).map(({ path, sectorCount }) => ({
    label: basename(path),
    description: [formatSize(sectorCount), folderOf(path)].filter(Boolean).join(' · '),
    value: pair(imageSide(path)),
  }));
  const taken = new Set([keyOf(first), ...own.map(({ value }) => keyOf(value!.second))]);
  const others = [...views, ...images].filter(({ value }) => !taken.has(keyOf(value.second)));
  const options: Option[] = [...own, ...others, { label: 'Another File...', value: null }];
  const chosen = await dialog.choice(`Compare ${first.name} with`, options);
  return chosen ?? pair(imageSide((await dialog.file({ openLabel: 'Compare' })).fsPath));
}

/** Asks for the first side, where no editor is active. */
export async function askFirst(devices: DevicesService, dialog: Dialog): Promise<SideToOpen> {
  const images = (await devices.freeImages()).map(({ path }) => imageSide(path));
  const options = [...deviceOptions(devices), ...images].map((value) => ({
    label: value.name,
    value: value as SideToOpen | null,
  }));
  const chosen = await dialog.choice('Compare what', [...options, { label: 'Another File...', value: null }]);
  return chosen ?? imageSide((await dialog.file({ openLabel: 'Compare' })).fsPath);
}

/** What belongs to the document of an editor: its saved state, its other views, other metadata copies of a spare. */
async function ownOptions(
  devices: DevicesService,
  first: SideToOpen,
  session: EditorSession,
): Promise<Option[]> {
  const { document, cursor } = session;
  const { view } = first;
  if (view === null) return [];
  const pair = (second: SideToOpen): Pair => ({ first, second, session });
  const options: Option[] = [];
  if (document.uri.scheme === 'file' && document.edits.editedSectors(view).length > 0) {
    const saved = { ...first, uri: savedUri(document.uri), name: `${first.name} as saved` };
    options.push({ label: saved.name, description: 'without the unsaved edits', value: pair(saved) });
  }
  const copy = copyHolding(cursor?.sector ?? 0) ?? 0;
  const [begin] = await document.source.origins(view, 0, 1).catch(() => []);
  for (let other = 0; begin?.origin.kind === 'metadata' && other < COPY_COUNT; other++) {
    if (other === copy) continue;
    const value = { ...pair(copySide(first, other)), first: copySide(first, copy) };
    options.push({ label: `Metadata copy ${other}`, description: `with copy ${copy}`, value });
  }
  for (const { id } of document.source.views) {
    if (id === view) continue;
    const second = { ...first, view: id, name: nameIn(session, id, devices) };
    options.push({ label: second.name, value: pair(second) });
  }
  return options;
}

function copySide(spare: SideToOpen, copy: number): SideToOpen {
  return {
    ...spare,
    firstSector: copy * COPY_STRIDE_SECTORS,
    sectorCount: STRUCTURE_SECTORS,
    name: `metadata copy ${copy} of ${spare.name}`,
  };
}

/** Each view of each assembled device. */
function deviceOptions(devices: DevicesService): SideToOpen[] {
  return devices
    .entries()
    .filter(({ device, scenario }) => device !== undefined && scenario === undefined)
    .flatMap(({ deviceKey, name, device }) => {
      const spares = device!.spec.spares.map((_, member) => (member === 0 ? 'spare' : `spare${member}`));
      return (['device', 'main', ...spares] as ViewId[]).map((view) => ({
        ...deviceSide(deviceKey, viewName(name, view)),
        view,
      }));
    });
}

function nameIn({ document }: EditorSession, view: ViewId | null, devices: DevicesService): string {
  const { deviceKey } = document.subject;
  const name =
    devices.entries().find((entry) => deviceKey !== null && isSamePath(entry.deviceKey, deviceKey))?.name ??
    basename(document.uri.path);
  return viewName(name, view);
}

function viewName(name: string, view: ViewId | null): string {
  if (view === null || view === 'device' || view === 'file') return name;
  return `${name} ${view.replace(/\d+$/, (member) => ` ${Number(member) + 1}`)}`;
}

function side(uri: vscode.Uri, editor: SideToOpen['editor'], view: ViewId | null, name: string): SideToOpen {
  return { uri, editor, view, firstSector: 0, sectorCount: null, name };
}

function keyOf({ uri, view, firstSector }: SideToOpen): string {
  return `${uri.toString()} ${view} ${firstSector}`;
}
