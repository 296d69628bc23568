import { bytes, type Checked, list, oneOf, range, shape, text } from './check';

/** What a comparison with another editor's view shows in sectors. */
export const compared = shape({
  /** For each byte 1 where the other side has another one, else 0. */
  differing: bytes,
  /** Sectors of which one side can't be read, and those that the other side doesn't have. */
  unknown: list(range),
  alone: list(range),
});
export type ComparedBytes = Checked<typeof compared>;

/** A comparison with the view of another editor: how it goes, in words for the status. */
export const comparison = shape({
  /** Which of the two this editor is. */
  side: oneOf('first', 'second'),
  state: oneOf('looking', 'stopped', 'done'),
  words: text,
});
export type ComparisonState = Checked<typeof comparison>;
