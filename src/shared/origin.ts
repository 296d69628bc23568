import { type Check, type Checked, either, flag, natural, nullable, oneOf, shape, text } from './check';

/**
 * Names one view of a document. A device has `device`, `main`, `spare` and, for the second spare of a pool on,
 * `spare1`, `spare2` and so on. A file by itself has only `file`.
 */
export type ViewId = 'device' | 'main' | 'file' | 'spare' | `spare${number}`;
export const isViewId: Check<ViewId> = (value): value is ViewId =>
  typeof value === 'string' && /^(device|main|file|spare\d{0,3})$/.test(value);

/** Where the bytes of a sector come from. */
export const origin = either(
  /** The bytes of a file that is shown by itself. */
  shape({ kind: oneOf('plain') }),
  /** The bytes of the main image, at `sector` of it. */
  shape({ kind: oneOf('main'), sector: natural }),
  /** In the device view, a remapped sector: its bytes come from the spare that `view` shows, at `sector` of it. */
  shape({ kind: oneOf('spare'), sector: natural, view: isViewId }),
  /** In the main view, a remapped sector: the device reads `sector` of the spare that `view` shows instead. */
  shape({ kind: oneOf('replaced'), sector: natural, view: isViewId }),
  /** On a spare: holds `sector` of the device. */
  shape({ kind: oneOf('replacement'), sector: natural }),
  /** On a spare: part of metadata copy `copy` (0 to 4); `valid` is null while the verdict isn't known. */
  shape({ kind: oneOf('metadata'), copy: natural, valid: nullable(flag), verdict: text }),
  /** On a spare: part of the large table of remap entries. */
  shape({ kind: oneOf('table') }),
  /** On a spare: not in use. */
  shape({ kind: oneOf('free') }),
  /** The medium has a known error here. */
  shape({ kind: oneOf('bad') }),
  /** In a file by itself: the mapfile beside it lists the sector as bad. The bytes in its place are shown. */
  shape({ kind: oneOf('listed') }),
  /** A rescue map says that the sector was not rescued, and `why`: `never tried`. Reading it fails. */
  shape({ kind: oneOf('notRescued'), why: text }),
  /** In a file by itself: as `notRescued`, but the bytes in its place are shown. */
  shape({ kind: oneOf('filling'), why: text }),
);
export type Origin = Checked<typeof origin>;

/** Of a sector of these kinds there is no more to say than where it is. */
export const PLAIN_KINDS: readonly Origin['kind'][] = ['plain', 'main', 'free'];
