import {
  bytes,
  type Check,
  type Checked,
  either,
  flag,
  list,
  natural,
  nullable,
  oneOf,
  range,
  shape,
  text,
} from './check';

/**
 * The messages between the sector editor (extension host) and its webview. Each is declared once, as the check that
 * the receiving side makes; its type follows from the check. Byte offsets and sectors are those of the named view.
 */

export const SECTOR_SIZE = 512;
/** Most sectors one `read` may ask for. */
export const MAX_READ_SECTORS = 2048;
/** Most bytes one `edit` may carry. */
export const MAX_EDIT_BYTES = 1 << 20;
/** Most bytes one `copy` may cover. */
export const MAX_COPY_BYTES = 16 << 20;

/** What can be shown of a document; the second spare of a pool is `spare1`. */
export type ViewId = 'device' | 'main' | 'file' | 'spare' | `spare${number}`;
export const isViewId: Check<ViewId> = (value): value is ViewId =>
  typeof value === 'string' && /^(device|main|file|spare\d{0,3})$/.test(value);

const view = shape({
  id: isViewId,
  label: text,
  /** What the view shows, for the tooltip of its button. */
  description: text,
  byteCount: natural,
  /** Why its bytes can't be edited, or null. */
  readOnlyReason: nullable(text),
});
export type ViewInfo = Checked<typeof view>;

const origin = either(
  /** Bytes of the file itself. */
  shape({ kind: oneOf('plain') }),
  /** Served from the main image, at `sector` of it. */
  shape({ kind: oneOf('main'), sector: natural }),
  /** Remapped: served from the spare that `view` shows, at `sector` of it. */
  shape({ kind: oneOf('spare'), sector: natural, view: isViewId }),
  /** On a main image: the device serves this sector from the spare instead. */
  shape({ kind: oneOf('replaced'), sector: natural, view: isViewId }),
  /** On a spare: holds this sector of the device. */
  shape({ kind: oneOf('replacement'), sector: natural }),
  /** On a spare: part of metadata copy `copy` (0 to 4); `valid` null while the verdict isn't known. */
  shape({ kind: oneOf('metadata'), copy: natural, valid: nullable(flag), verdict: text }),
  /** On a spare: the extension's own table of remaps beyond the first 2,048. */
  shape({ kind: oneOf('table') }),
  /** On a spare: not in use. */
  shape({ kind: oneOf('free') }),
  /** The medium has a known error here. */
  shape({ kind: oneOf('bad') }),
  /** On an image by itself: its mapfile lists the sector as bad, though the file has bytes in its place. */
  shape({ kind: oneOf('listed') }),
  /** A rescue never got this sector, though the image has bytes in its place. */
  shape({ kind: oneOf('unvisited') }),
);
export type Origin = Checked<typeof origin>;

/** Where the bytes of a run of sectors come from. A `sector` inside counts up along the run. */
const originRun = shape({ first: natural, count: natural, origin });
export type OriginRun = Checked<typeof originRun>;

const unreadableRun = shape({ first: natural, count: natural, message: text });
export type UnreadableRun = Checked<typeof unreadableRun>;

const sectors = shape({
  firstSector: natural,
  /** Whole sectors, zeros where unreadable; shorter at the end of a file that isn't whole sectors. */
  bytes,
  unreadable: list(unreadableRun),
  origins: list(originRun),
  /** Bytes changed and not yet saved, `[byteOffset, count]` of the view. */
  unsaved: list(range),
});
export type SectorBytes = Checked<typeof sectors>;

/** What a stretch of the map holds: a bit set for each kind. */
export const MapFlag = { remapped: 1, bad: 2, metadata: 4, unvisited: 8, unsaved: 16 } as const;

const landmark = oneOf('remapped', 'bad', 'nonZero');
export type Landmark = Checked<typeof landmark>;
const direction = oneOf('next', 'previous');
export type Direction = Checked<typeof direction>;
const copyFormat = oneOf('hex', 'text', 'c', 'base64');
export type CopyFormat = Checked<typeof copyFormat>;

const field = shape({
  name: text,
  value: text,
  /** Place within the view. */
  byteOffset: natural,
  byteCount: natural,
  copy: natural,
});
export type MetadataField = Checked<typeof field>;

const place = shape({ byteOffset: natural, byteCount: natural, wrapped: flag });
export type FoundPlace = Checked<typeof place>;

const heldCommand = oneOf('undo', 'redo', 'save');
export type HeldCommand = Checked<typeof heldCommand>;

/** Every request of the webview: what it carries, and what answers it. */
const requests = {
  read: { asks: shape({ view: isViewId, firstSector: natural, sectorCount: natural }), answers: sectors },
  /** One byte of `MapFlag` bits for each of `bucketCount` equal stretches of the view. */
  map: { asks: shape({ view: isViewId, bucketCount: natural }), answers: bytes },
  /** The nearest such sector from `fromSector` (included) on, forwards or backwards, or null. */
  seek: {
    asks: shape({ view: isViewId, landmark, fromSector: natural, direction }),
    answers: nullable(natural),
  },
  /** The nearest occurrence that begins after or before `fromByte`, wrapping round once. */
  find: {
    asks: shape({ view: isViewId, pattern: bytes, fromByte: natural, direction }),
    answers: nullable(place),
  },
  /** Overwrites bytes in the document. `merge`: the same undo step as the edit before it. */
  edit: { asks: shape({ view: isViewId, byteOffset: natural, bytes, merge: flag }), answers: oneOf(null) },
  /** A command of VS Code's whose key the page kept back until the edits before it were made. */
  command: { asks: shape({ command: heldCommand }), answers: oneOf(null) },
  /** The metadata field over a byte of a spare, or null. */
  field: { asks: shape({ view: isViewId, byteOffset: natural }), answers: nullable(field) },
  /** Puts `[start, end)` on the clipboard. */
  copy: {
    asks: shape({ view: isViewId, format: copyFormat, start: natural, end: natural }),
    answers: oneOf(null),
  },
} as const;

export type RequestKind = keyof typeof requests;
export type Asks<K extends RequestKind> = Checked<(typeof requests)[K]['asks']>;
export type Answers<K extends RequestKind> = Checked<(typeof requests)[K]['answers']>;
export type Request = { [K in RequestKind]: { readonly kind: K } & Asks<K> }[RequestKind];

function isRequest(value: unknown): value is Request {
  if (typeof value !== 'object' || value === null || !('kind' in value)) return false;
  const kind = value.kind;
  return (
    typeof kind === 'string' && Object.hasOwn(requests, kind) && requests[kind as RequestKind].asks(value)
  );
}

/** True if `value` is what a request of this kind is answered with. */
export function isAnswer<K extends RequestKind>(kind: K, value: unknown): value is Answers<K> {
  return requests[kind].answers(value);
}

const selection = shape({ view: isViewId, start: natural, end: natural, cursor: natural });
export type Selection = Checked<typeof selection>;

const toHost = either(
  /** The webview has (re)started and knows nothing: answered by `opened` or `failed`. */
  shape({ type: oneOf('ready') }),
  shape({ type: oneOf('request'), id: natural, request: isRequest }),
  /** The answer isn't wanted any more. */
  shape({ type: oneOf('cancel'), id: natural }),
  shape({ type: oneOf('selection'), selection }),
  /** Open what could not be opened. */
  shape({ type: oneOf('retry') }),
  /** Look at the disk again. */
  shape({ type: oneOf('refresh') }),
  shape({ type: oneOf('openAsText') }),
);
export type ToHost = Checked<typeof toHost>;

const reveal = shape({ view: nullable(isViewId), byteOffset: nullable(natural) });
export type Reveal = Checked<typeof reveal>;

const uiCommand = oneOf('goTo', 'find', 'toggleInspector');
export type UiCommand = Checked<typeof uiCommand>;

const toWebview = either(
  shape({
    type: oneOf('opened'),
    title: text,
    views: list(view),
    /** Something to say above the bytes, such as why nothing can be edited. */
    notice: nullable(text),
    reveal: nullable(reveal),
  }),
  shape({ type: oneOf('failed'), message: text, canOpenAsText: flag }),
  shape({
    type: oneOf('answer'),
    id: natural,
    result: (value: unknown): value is unknown => value !== undefined,
  }),
  shape({ type: oneOf('rejected'), id: natural, code: text, message: text }),
  /** How far a find or seek has come. */
  shape({ type: oneOf('progress'), id: natural, doneBytes: natural, totalBytes: natural }),
  /** Bytes or origins may differ now; null stands for every view, every sector. */
  shape({ type: oneOf('changed'), view: nullable(isViewId), ranges: nullable(list(range)) }),
  shape({ type: oneOf('reveal'), reveal }),
  shape({ type: oneOf('command'), command: uiCommand }),
);
export type ToWebview = Checked<typeof toWebview>;

export function isToHost(value: unknown): value is ToHost {
  return toHost(value);
}

export function isToWebview(value: unknown): value is ToWebview {
  return toWebview(value);
}
