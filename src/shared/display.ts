import { type Checked, flag, oneOf, shape } from './check';

/** The choices of how bytes are shown that are more than yes or no, in the order of the menu. */
export const DISPLAY_CHOICES = {
  bytesPerRow: ['auto', 8, 16, 24, 32, 48, 64],
  grouping: [1, 2, 4, 8],
  offsets: ['hex', 'decimal', 'sector'],
  text: ['ascii', 'latin1', 'utf8', 'utf16le', 'utf16be'],
  sectorSize: [512, 520, 2048, 4096],
} as const;

/** The check of each part of {@link Display}. */
export const displayParts = {
  /** How many bytes a row shows, or as many as fit. */
  bytesPerRow: oneOf(...DISPLAY_CHOICES.bytesPerRow),
  /** After how many bytes there is a gap. */
  grouping: oneOf(...DISPLAY_CHOICES.grouping),
  /** How the offset column names the first byte of a row. */
  offsets: oneOf(...DISPLAY_CHOICES.offsets),
  /** In what encoding the text column reads the bytes. */
  text: oneOf(...DISPLAY_CHOICES.text),
  /** In sectors of how many bytes offsets, headings and the go-to box count: of each document, and no setting. */
  sectorSize: oneOf(...DISPLAY_CHOICES.sectorSize),
  /** Whether kinds of bytes have different colours. */
  colors: flag,
  /** Whether the fields of the structure at the cursor have colours. */
  structureColors: flag,
  /** Whether runs of equal sectors are folded. */
  folds: flag,
};

/** How a sector editor shows bytes: the settings `remap.editor.*`, and the document's sector size. */
export const isDisplay = shape(displayParts);
export type Display = Checked<typeof isDisplay>;
export type SectorSize = Display['sectorSize'];
/** The parts of {@link Display} that are settings. */
export type DisplaySettings = Omit<Display, 'sectorSize'>;

/** What is shown before the settings are known, and in place of a setting that makes no sense. */
export const DEFAULT_DISPLAY: Display = {
  bytesPerRow: 'auto',
  grouping: 8,
  offsets: 'hex',
  text: 'ascii',
  sectorSize: 512,
  colors: false,
  structureColors: true,
  folds: false,
};
