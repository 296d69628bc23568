import { asciiCharacter } from './numberTexts';

/** What kind of byte a value is; see `grid.css` for their colours. */
type ByteKind = 'zero' | 'ones' | 'text' | 'control' | 'other';

const KINDS = Array.from({ length: 256 }, (_, value): ByteKind => {
  if (value === 0) return 'zero';
  if (value === 0xff) return 'ones';
  if (asciiCharacter(value) !== null) return 'text';
  return value < 0x80 ? 'control' : 'other';
});

const CLASSES = KINDS.map((kind) => ` kind-${kind}`);

/** The class of a cell that shows a byte, with a space before it. */
export function kindClass(value: number): string {
  return CLASSES[value] ?? '';
}
