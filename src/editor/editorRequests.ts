import * as vscode from 'vscode';
import { ownerWords } from '../contract/volumeText';
import { mergeRanges, printable, RemapError, subtractRanges } from '../engine';
import {
  type Answers,
  type Asks,
  MAX_COPY_BYTES,
  MAX_EDIT_BYTES,
  MAX_EQUAL_SECTORS,
  MAX_READ_SECTORS,
  type Request,
  SECTOR_SIZE,
  type ViewId,
  type ViewInfo,
} from '../shared/protocol';
import { countRuns, type MapPart } from '../shared/sectorMap';
import { checksumsOf } from './checksums';
import { countNotText, formatBytes } from './clipboardText';
import { copied } from './copiedBytes';
import type { SectorDocument } from './document';
import { labelOfEdit } from './editLabels';
import { equalRunsOf } from './equalRuns';
import { type SearchOptions, searchAll, searchBytes, seekListed, seekNonZero } from './search';
import type { SearchedBytes } from './searchedBytes';
import { showLook } from './showLook';
import { type SoughtStructures, type StructurePlaces, structuresAt } from './structuresAt';

/** Most buckets that one `map` may ask for. */
const MAX_BUCKETS = 4096;

/** A disk that changes while its files are looked at is looked at again so often. */
const OWNER_ATTEMPTS = 3;

/** Most matches that one list holds. */
const MAX_MATCHES = 10_000;

/** The requests about the document, not about the editor that shows it. */
export type DocumentRequest = Exclude<Request, { readonly kind: 'command' | 'locate' }>;

/** Answers one request of a page. @param sought for its structures @throws an error whose message is a sentence for people */
export async function answerRequest(
  document: SectorDocument,
  request: DocumentRequest,
  options: SearchOptions,
  sought: SoughtStructures,
): Promise<unknown> {
  const view = viewOf(document, request.view);
  switch (request.kind) {
    case 'read':
      return read(document, view, request, options.signal);
    case 'map':
      return map(document, view, request);
    case 'owners':
      return owners(document, view, request);
    case 'emptyRuns':
      return emptyRuns(document, view);
    case 'equalRuns': {
      const { firstSector, sectorCount } = request;
      checkSectors(view, firstSector, sectorCount, MAX_EQUAL_SECTORS);
      return equalRunsOf(await document.edits.show(view.id, firstSector, sectorCount, options.signal));
    }
    case 'seek':
      return seek(document, view, request, options);
    case 'search':
      return searchBytes(searched(document, view), request, options);
    case 'searchAll':
      return searchAll(searched(document, view), { ...request, most: MAX_MATCHES }, options);
    case 'edit':
      return edit(document, request);
    case 'owner':
      return ownerOf(document, view, request, options.signal);
    case 'structures':
      return structuresAt(await structurePlaces(document, view, sought), request.sector, options.signal);
    case 'checksums':
      return checksumsOf(searched(document, view), request, options);
    case 'copy':
      return copy(await selectedBytes(document, view, request, options.signal), request);
    case 'copied':
      return copied.bytesOf(request.text, request.asText);
  }
}

function viewOf(document: SectorDocument, id: ViewId): ViewInfo {
  const view = document.source.views.find((candidate) => candidate.id === id);
  if (view) return view;
  throw new RemapError('EINVAL', `There is no view “${id}”.`);
}

function sectorCountOf({ byteCount }: ViewInfo): number {
  return Math.ceil(byteCount / SECTOR_SIZE);
}

function checkSectors(view: ViewInfo, first: number, count: number, most: number): void {
  if (count > 0 && count <= most && first + count <= sectorCountOf(view)) return;
  throw new RemapError('EINVAL', `Sectors ${first} to ${first + count - 1} can’t be asked for at once.`);
}

async function read(
  document: SectorDocument,
  view: ViewInfo,
  { firstSector, sectorCount }: Asks<'read'>,
  signal: AbortSignal,
): Promise<Answers<'read'>> {
  checkSectors(view, firstSector, sectorCount, MAX_READ_SECTORS);
  return document.edits.show(view.id, firstSector, sectorCount, signal);
}

async function map(document: SectorDocument, view: ViewInfo, asks: Asks<'map'>): Promise<Answers<'map'>> {
  const part = mapPart(view, asks);
  return [
    ...(await document.source.map(view.id, part)),
    { kind: 'marker', counts: countRuns(single(document.source.markers(view.id)), part) },
    { kind: 'unsaved', counts: countRuns(single(document.edits.editedSectors(view.id)), part) },
  ];
}

async function owners(
  document: SectorDocument,
  view: ViewInfo,
  asks: Asks<'owners'>,
): Promise<Answers<'owners'>> {
  const part = mapPart(view, asks);
  for (let attempt = 1; ; attempt++) {
    const look = await document.subject.volumesOf(view);
    try {
      return (await look?.owners(showLook))?.layers(part) ?? null;
    } catch (error) {
      if (!look?.signal.aborted || attempt === OWNER_ATTEMPTS) throw error;
    }
  }
}

function mapPart(view: ViewInfo, { firstSector, sectorCount, bucketCount }: MapPart): MapPart {
  checkSectors(view, firstSector, sectorCount, Number.POSITIVE_INFINITY);
  if (bucketCount < 1 || bucketCount > MAX_BUCKETS) throw new RemapError('EINVAL', 'Too many buckets.');
  return { firstSector, sectorCount, bucketCount };
}

async function emptyRuns(document: SectorDocument, view: ViewInfo): Promise<Answers<'emptyRuns'>> {
  const runs = await document.source.emptyRuns(view.id);
  const edited = mergeRanges(single(document.edits.editedSectors(view.id)));
  return runs && Float64Array.from(subtractRanges(runs, edited).flat());
}

/** Sectors as runs of one. */
function single(sectors: readonly number[]): (readonly [first: number, count: number])[] {
  return sectors.map((sector) => [sector, 1]);
}

async function seek(
  document: SectorDocument,
  view: ViewInfo,
  { landmark, fromSector, direction }: Asks<'seek'>,
  options: SearchOptions,
): Promise<Answers<'seek'>> {
  checkSectors(view, fromSector, 1, 1);
  switch (landmark) {
    case 'nonZero':
      return seekNonZero(searched(document, view), fromSector, direction, options);
    case 'marker':
      return seekListed(document.source.markers(view.id), fromSector, direction);
    case 'unsaved':
      return seekListed(document.edits.editedSectors(view.id), fromSector, direction);
    default:
      return document.source.seek(view.id, landmark, fromSector, direction);
  }
}

async function edit(
  document: SectorDocument,
  { view, byteOffset, bytes, how }: Asks<'edit'>,
): Promise<Answers<'edit'>> {
  if (bytes.length > MAX_EDIT_BYTES) throw new RemapError('EINVAL', 'Too many bytes for one edit.');
  const label = labelOfEdit(how, bytes.length);
  await document.overwrite(view, byteOffset, Uint8Array.from(bytes), label);
  return null;
}

async function ownerOf(
  document: SectorDocument,
  view: ViewInfo,
  { sector, waits }: Asks<'owner'>,
  signal: AbortSignal,
): Promise<Answers<'owner'>> {
  checkSectors(view, sector, 1, 1);
  const look = await document.subject.volumesOf(view);
  const found = await (waits ? look?.ownerOf(sector, showLook, signal) : look?.quickOwnerOf(sector));
  if (!look || !found) return null;
  const { owner, isFinal } = found;
  const pending = isFinal ? 'in use, by which file was not looked up' : 'in use';
  const words = owner ? ownerWords(owner, (await look.disk()).volumes) : pending;
  return { words: printable(words), isFinal };
}

/** What structures of a view are looked for in. */
export async function structurePlaces(
  document: SectorDocument,
  view: ViewInfo,
  sought: SoughtStructures,
): Promise<StructurePlaces> {
  return {
    view: view.id,
    views: document.source.views.map(({ id }) => id),
    bytes: searched(document, view),
    volumes: await document.subject.volumesOf(view),
    ...sought,
  };
}

/** The bytes `[start, end)` of a view. */
async function selectedBytes(
  document: SectorDocument,
  view: ViewInfo,
  { start, end }: Asks<'copy'>,
  signal: AbortSignal,
): Promise<Uint8Array> {
  if (end <= start || end > view.byteCount) throw new RemapError('EINVAL', 'There is nothing to copy.');
  if (end - start > MAX_COPY_BYTES) {
    throw new RemapError('EINVAL', `At most ${MAX_COPY_BYTES >> 20} MiB can be copied at once.`);
  }
  const first = Math.floor(start / SECTOR_SIZE);
  const count = Math.ceil(end / SECTOR_SIZE) - first;
  const { bytes, unreadable } = await document.edits.read(view.id, first, count, signal);
  if (unreadable[0]) {
    throw new RemapError('EIO', `Sector ${unreadable[0].first} can’t be read: nothing was copied.`);
  }
  const base = first * SECTOR_SIZE;
  return bytes.subarray(start - base, end - base);
}

async function copy(bytes: Uint8Array, { format, start }: Asks<'copy'>): Promise<Answers<'copy'>> {
  const text = formatBytes(bytes, format, start);
  await vscode.env.clipboard.writeText(text);
  copied.note(text, format, bytes);
  return { notText: format === 'text' ? countNotText(bytes) : 0 };
}

/** The bytes of a view, unsaved edits included, for a search. */
function searched(document: SectorDocument, { id, byteCount }: ViewInfo): SearchedBytes {
  return {
    byteCount,
    read: (first, count, signal, into) => document.edits.read(id, first, count, signal, into),
  };
}
