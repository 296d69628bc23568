import { namedPlace } from './bookmarks';
import {
  bytes,
  type Checked,
  either,
  flag,
  list,
  natural,
  nullable,
  numbers,
  oneOf,
  range,
  shape,
  text,
} from './check';
import { compared, comparison } from './compared';
import { isDisplay } from './display';
import { isViewId, origin } from './origin';
import { isMapLayer } from './sectorMap';

export type { ComparedBytes, ComparisonState } from './compared';
export { isViewId, type Origin, PLAIN_KINDS, type ViewId } from './origin';

/**
 * The messages between the extension and the page of a sector editor: "page" is the HTML document in the editor's
 * webview. Each message is declared once, as the check that the receiving side makes; its type follows from the check.
 * A message that fails its check is ignored. Byte offsets and sectors are those of the named view.
 *
 * The page begins: it sends `ready` whenever it starts, also after VS Code took it down while it was hidden. The
 * extension answers with `opened` or `failed`, and from then on sends what changes.
 */

export const SECTOR_SIZE = 512;
/** Most sectors that one `read` request may ask for. */
export const MAX_READ_SECTORS = 2048;
/** Most sectors that one `equalRuns` request may look through: 4 MiB. */
export const MAX_EQUAL_SECTORS = 8192;
/** Most bytes of one edit: it is kept in memory, with what it overwrites, until it can't be undone any more. */
export const MAX_EDIT_BYTES = 16 << 20;
/** Most bytes that one `copy` request may put on the clipboard. */
export const MAX_COPY_BYTES = 16 << 20;

const view = shape({
  id: isViewId,
  /** On the view's button. */
  label: text,
  /** What the view shows, for the tooltip of its button: a device's name or a file's path. */
  description: text,
  byteCount: natural,
  /** Why its bytes can't be edited, or null. */
  readOnlyReason: nullable(text),
});
export type ViewInfo = Checked<typeof view>;

/** Where the bytes of a run of sectors come from. `origin.sector` goes with the run's first sector, and grows by 1 with each. */
const originRun = shape({ first: natural, count: natural, origin });
export type OriginRun = Checked<typeof originRun>;

/** A run of sectors that can't be read, and why in words. */
const unreadableRun = shape({ first: natural, count: natural, message: text });
export type UnreadableRun = Checked<typeof unreadableRun>;

const sectors = shape(
  {
    firstSector: natural,
    /** Whole sectors, zeros where unreadable; the last one is shorter at the end of a file that isn't whole sectors. */
    bytes,
    unreadable: list(unreadableRun),
    /** Ascending and without gaps over the sectors. */
    origins: list(originRun),
    /** Bytes changed and not yet saved, `[byteOffset, count]` of the view. */
    unsaved: list(range),
  },
  /** Only while the view is compared with another one. */
  { compared },
);
export type SectorBytes = Checked<typeof sectors>;

/**
 * A run of sectors that have the same bytes, and about which there is nothing else to say. `content` is the same for runs
 * that do: two hexadecimal digits where all bytes are equal, else any longer text.
 */
const equalRun = shape({ first: natural, count: natural, content: text });
export type EqualRun = Checked<typeof equalRun>;
/** The content of sectors, equal or not, that are the same on both sides of a comparison. */
export const EQUAL_ON_BOTH_SIDES = '=';

/** A kind of sector that a person can go to, the next one or the previous one. */
const landmark = oneOf('remapped', 'bad', 'notRescued', 'marker', 'unsaved', 'nonZero');
export type Landmark = Checked<typeof landmark>;
const direction = oneOf('next', 'previous');
export type Direction = Checked<typeof direction>;
const clipboardFormat = oneOf('hex', 'text', 'c', 'base64', 'xxd');
export type ClipboardFormat = Checked<typeof clipboardFormat>;

/** A structure that was recognised, such as a superblock, and its fields, those of a group (level 1) after it (level 2). */
const structure = shape({
  name: text,
  byteOffset: natural,
  byteCount: natural,
  /** Null where it has none that can be checked. */
  isChecksumRight: nullable(flag),
  fields: list(
    shape({
      level: natural,
      name: text,
      value: text,
      /** What the field is for, or nothing. */
      meaning: text,
      byteOffset: natural,
      byteCount: natural,
      /** The place that the field names; null: none that can be shown. */
      link: nullable(shape({ view: isViewId, byteOffset: natural })),
    }),
  ),
});

/** Where a search found its pattern. `wrapped`: found after the search went on from the other end of the view. */
const match = shape({ byteOffset: natural, byteCount: natural, wrapped: flag });
export type SearchMatch = Checked<typeof match>;

/** A run of bytes, and one by its ends. */
const byteRun = shape({ byteOffset: natural, byteCount: natural });
export type ByteRun = Checked<typeof byteRun>;
const byteSpan = shape({ start: natural, end: natural });
export type ByteSpan = Checked<typeof byteSpan>;

/** Sectors that a search could not read, and so did not search: how many, and the first runs of them. */
const notSearched = shape({ sectorCount: natural, runs: list(range) });
export type NotSearched = Checked<typeof notSearched>;

/** Bytes to look for. Those of the mask that are 0 may be any, and with `anyCase` letters (ASCII) of any case. */
const needle = shape({ bytes, mask: nullable(bytes), anyCase: flag });
export type Needle = Checked<typeof needle>;

/** What is looked for: any of the needles, or a regular expression on the bytes as characters of the same numbers. */
const wanted = shape({
  needles: list(needle),
  expression: nullable(shape({ source: text, anyCase: flag })),
});
export type Wanted = Checked<typeof wanted>;

/** What the "go to" box takes beside numbers: a bookmark by its name, a marker or remap entry by its number, from 1. */
const goToTarget = either(
  shape({ kind: oneOf('bookmark'), name: text }),
  shape({ kind: oneOf('marker', 'remap'), number: natural }),
);
export type GoToTarget = Checked<typeof goToTarget>;

/** How an edit of the page came about: typed, pasted, or zeros for a sector that can't be read. Its label in VS Code says it. */
const editKind = oneOf('typed', 'pasted', 'cleared');
export type EditKind = Checked<typeof editKind>;

/** Commands of VS Code that must not overtake an edit. */
const heldCommand = oneOf('undo', 'redo', 'save');
export type HeldCommand = Checked<typeof heldCommand>;

/**
 * Every request of the page: what it carries, and what answers it. The extension answers each request once, with
 * `answer` or `rejected`, in any order. When the page starts anew, requests that it sent before are never answered.
 */
const requests = {
  /** Sent for sectors that come into view. The answer has the unsaved edits in it. */
  read: { asks: shape({ view: isViewId, firstSector: natural, sectorCount: natural }), answers: sectors },
  /** Sent to draw a map of a run of sectors, of `bucketCount` equal buckets: what the extension counts in each. */
  map: {
    asks: shape({ view: isViewId, firstSector: natural, sectorCount: natural, bucketCount: natural }),
    answers: list(isMapLayer),
  },
  /**
   * Sent for the large map while it shows whose sectors are: `structure`, `file`, `unknown` and `free`. All files are looked
   * at for it. Null: no file system was found.
   */
  owners: {
    asks: shape({ view: isViewId, firstSector: natural, sectorCount: natural, bucketCount: natural }),
    answers: nullable(list(isMapLayer)),
  },
  /**
   * Sent once for a view, and again when its bytes changed. The answer is firsts and counts by turns, ascending, of the runs
   * of sectors that read as zeros by the holes of their file and about which there is nothing else to say; null: not known.
   */
  emptyRuns: { asks: shape({ view: isViewId }), answers: nullable(numbers) },
  /** Sent to fold equal sectors near those in view. The answer is the runs among these sectors, read for it, ascending. */
  equalRuns: {
    asks: shape({ view: isViewId, firstSector: natural, sectorCount: natural }),
    answers: list(equalRun),
  },
  /** Sent to go to a landmark. The answer is the nearest such sector from `fromSector` (included) on, or null. */
  seek: {
    asks: shape({ view: isViewId, landmark, fromSector: natural, direction }),
    answers: nullable(natural),
  },
  /** Sent by the "go to" box. The answer is where the target is. */
  locate: {
    asks: shape({ view: isViewId, target: goToTarget }),
    answers: shape({ view: isViewId, byteOffset: natural }),
  },
  /**
   * Sent by the find bar. The answer is the nearest match that begins after or before `fromByte`, wrapping round once.
   * Matches lie in `within`; null: anywhere.
   */
  search: {
    asks: shape({ view: isViewId, wanted, within: nullable(byteSpan), fromByte: natural, direction }),
    answers: shape({ match: nullable(match), notSearched }),
  },
  /**
   * Sent by the find bar for all matches, which don't overlap; `isComplete` is false where there are more. Those that were
   * found come with the progress already.
   */
  searchAll: {
    asks: shape({ view: isViewId, wanted, within: nullable(byteSpan) }),
    answers: shape({ matches: list(byteRun), isComplete: flag, notSearched }),
  },
  /**
   * Sent for what is typed or pasted: overwrites bytes in the document, not yet on the disk. Answered when the document
   * has them.
   */
  edit: { asks: shape({ view: isViewId, byteOffset: natural, bytes, how: editKind }), answers: oneOf(null) },
  /** Sent for a key that the page kept back until the edits before it were answered. Runs the command of VS Code. */
  command: { asks: shape({ command: heldCommand }), answers: oneOf(null) },
  /**
   * Sent for the sector under the cursor when the cursor rests: its owner in the file systems of the view, in words, or null
   * where there are none. `isFinal` is false where only the files can tell; with `waits` these are looked at first.
   */
  owner: {
    asks: shape({ view: isViewId, sector: natural, waits: flag }),
    answers: nullable(shape({ words: text, isFinal: flag })),
  },
  /** Sent for the sector under the cursor or the mouse. The answer is the structures that it is part of. */
  structures: { asks: shape({ view: isViewId, sector: natural }), answers: list(structure) },
  /** Sent for the checksums of the bytes `[start, end)`, in hexadecimal digits. */
  checksums: {
    asks: shape({ view: isViewId, start: natural, end: natural }),
    answers: list(shape({ name: text, value: text })),
  },
  /** Sent to copy. Answered when `[start, end)` is on the clipboard, with how many of its bytes are no text there. */
  copy: {
    asks: shape({ view: isViewId, format: clipboardFormat, start: natural, end: natural }),
    answers: shape({ notText: natural }),
  },
  /**
   * Sent to paste. The answer is the bytes whose copy this text is, if it was copied in a sector editor, or null. With
   * `asText` it is pasted where text is shown: only a copy as text counts.
   */
  copied: { asks: shape({ view: isViewId, text, asText: flag }), answers: nullable(bytes) },
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

/** The selected bytes `[start, end)`: at least the one under the cursor. */
const selection = shape({ view: isViewId, start: natural, end: natural });
export type Selection = Checked<typeof selection>;

/** What can be done about a notice: manage trust, open the device for writing, resume it, or use a rescue map. */
const noticeAction = oneOf('manageTrust', 'openForWriting', 'resume', 'useMap');
export type NoticeAction = Checked<typeof noticeAction>;

/**
 * How far a view is scrolled: the sector at the top, and how much of it is above, in millionths. Both editors of a
 * comparison show the same place.
 */
const scrolledTo = { view: isViewId, sector: natural, millionths: natural };

/** What the page sends. */
const toExtension = either(
  /** When the page starts, knowing nothing. Answered by `opened` or `failed`; the extension forgets earlier requests. */
  shape({ type: oneOf('ready') }),
  /** One of `requests`. Ids count up from 1, and again from 1 when the page starts anew. */
  shape({ type: oneOf('request'), id: natural, request: isRequest }),
  /** When the answer to a request isn't wanted any more. The page ignores one that comes all the same. */
  shape({ type: oneOf('cancel'), id: natural }),
  /** Whenever the cursor or the selection moved. The extension's copy commands act on the last one. */
  shape({ type: oneOf('selection'), selection }),
  /** When the person asks to try again to open what could not be opened. Answered by `opened` or `failed`. */
  shape({ type: oneOf('retry') }),
  /** When the person asks to read the disk again. What differs follows as `changed`, `opened` or `failed`. */
  shape({ type: oneOf('refresh') }),
  /** When what is pasted may have several forms: the extension asks the person for the one that is meant. */
  shape({ type: oneOf('pasteAs') }),
  /** When the person asks for the text of a device file that could not be opened. */
  shape({ type: oneOf('openAsText') }),
  /** When the person presses a button beside the notice. */
  shape({ type: oneOf('actOnNotice'), action: noticeAction }),
  /** When the person scrolled an editor that is compared with another one. */
  shape({ type: oneOf('scrolled'), ...scrolledTo }),
  /** When the person stops the search for differences, or lets it go on. */
  shape({ type: oneOf('compare'), act: oneOf('stop', 'goOn') }),
  /** When the person chooses in the page how bytes are shown. Answered by `display`. */
  shape({ type: oneOf('setDisplay'), display: isDisplay }),
);
export type ToExtension = Checked<typeof toExtension>;

/** Where to go: a view (null: the one that is shown) and a byte in it (null: where the cursor last was in it). */
const reveal = shape({ view: nullable(isViewId), byteOffset: nullable(natural) });
export type Reveal = Checked<typeof reveal>;

/**
 * Commands of the extension that act on the page: focus the "go to" box, open the find bar, show or hide the inspector or the
 * large map, go
 * back or forward through the places that were gone to.
 */
const uiCommand = oneOf('goTo', 'find', 'toggleInspector', 'toggleMap', 'back', 'forward');
export type UiCommand = Checked<typeof uiCommand>;

/** What the extension sends, to a page that sent `ready`. */
const toPage = either(
  /** How bytes are shown: after `ready`, before `opened`, and whenever the settings change. */
  shape({ type: oneOf('display'), display: isDisplay }),
  /** The document's bookmarks, of all its views: after `ready`, before `opened`, and whenever they change. */
  shape({ type: oneOf('bookmarks'), bookmarks: list(namedPlace) }),
  /** When there is something to show: after `ready`, and whenever the views differ from those sent before. */
  shape({
    type: oneOf('opened'),
    views: list(view),
    /** A sentence to show above the bytes, such as why nothing can be edited. */
    notice: nullable(text),
    /** The buttons beside the notice. */
    noticeActions: list(noticeAction),
    reveal: nullable(reveal),
    /** False where the person is elsewhere in the window: the focus stays there. */
    takesFocus: flag,
  }),
  /** When there is nothing to show: instead of `opened`, or when the device or file is gone, maybe for a moment only. */
  shape({ type: oneOf('failed'), message: text, comesBack: flag, canOpenAsText: flag }),
  /** Answers the request of that id. `result` is checked by `isAnswer`, which needs the request's kind. */
  shape({
    type: oneOf('answer'),
    id: natural,
    result: (value: unknown): value is unknown => value !== undefined,
  }),
  /** Refuses the request of that id, with a sentence for people. */
  shape({ type: oneOf('rejected'), id: natural, message: text }),
  /** While a seek or a search takes long: how far it has come, and what a search for all found since it was told. */
  shape({
    type: oneOf('progress'),
    id: natural,
    doneBytes: natural,
    totalBytes: natural,
    found: list(byteRun),
  }),
  /** When bytes or origins may differ from what was read. Null stands for every view, or for every sector. */
  shape({ type: oneOf('changed'), view: nullable(isViewId), ranges: nullable(list(range)) }),
  /** When `remap.openSectors` is called for a document whose page is open. */
  shape({ type: oneOf('reveal'), reveal, takesFocus: flag }),
  /** When a comparison with another editor begins, goes on or (null) ends. */
  shape({ type: oneOf('comparison'), comparison: nullable(comparison) }),
  /** When the editor that this one is compared with was scrolled. */
  shape({ type: oneOf('scrollTo'), ...scrolledTo }),
  /** When an edit at that byte was undone or redone. */
  shape({ type: oneOf('stepped'), view: isViewId, byteOffset: natural }),
  /** When something is to be said that a command of VS Code did: a sentence for people. */
  shape({ type: oneOf('said'), message: text }),
  /** When a person runs one of these commands in VS Code. */
  shape({ type: oneOf('command'), command: uiCommand }),
);
export type ToPage = Checked<typeof toPage>;

/** True if `value` is a message that a page sends. */
export function isToExtension(value: unknown): value is ToExtension {
  return toExtension(value);
}

/** True if `value` is a message that the extension sends. */
export function isToPage(value: unknown): value is ToPage {
  return toPage(value);
}
