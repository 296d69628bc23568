import { randomFillSync } from 'node:crypto';
import { formatRanges, parseRanges } from '../contract/typedInput';
import { plural } from '../contract/wording';
import { RemapError } from '../engine';
import { type Dialog, runDialog } from '../frame/dialog';
import { encodeText } from '../shared/encodedText';
import { readPasted } from '../shared/pasted/pastedBytes';
import { SECTOR_SIZE } from '../shared/protocol';
import { makeChange } from './change';
import { type ChangeTarget, editableIn, placeInWords } from './changeTarget';
import { readDisplay } from './displaySettings';
import { labelOfFill } from './editLabels';
import type { EditorSession } from './session';

type Kind = 'zeros' | 'hex' | 'text' | 'random';

/** What a range is filled with. */
interface Filler {
  readonly words: string;
  /** How many questions it took. */
  readonly asked: number;
  bytes(at: number, count: number): Uint8Array;
}

const KINDS: readonly { label: string; detail: string; value: Kind }[] = [
  { label: 'Zeros', detail: 'Bytes 00', value: 'zeros' },
  {
    label: 'Bytes in Hexadecimal...',
    detail: 'One or more, repeated, such as ff or de ad be ef',
    value: 'hex',
  },
  { label: 'Text...', detail: 'Repeated, in the encoding of the text column', value: 'text' },
  { label: 'Random Bytes', detail: 'Others in each place, as a wipe writes them', value: 'random' },
];

/** Asks what to fill the selection, or a range of sectors, with, and fills it as one edit. */
export async function fill(session: EditorSession): Promise<void> {
  const target = editableIn(session);
  const asked = await runDialog(
    'Fill',
    async (dialog) => {
      const filler = await askFiller(dialog, target);
      return { filler, range: await askRange(dialog, target, filler.asked) };
    },
    2,
  );
  if (!asked) return;
  const { filler, range } = asked;
  const place = placeInWords(range.start, range.end);
  await makeChange(session, {
    view: target.view,
    ...range,
    label: labelOfFill(range.end - range.start),
    doing: `Filling ${place}`,
    done: `Filled ${place} with ${filler.words}`,
    question: `Fill ${place} with ${filler.words}`,
    bytes: filler.bytes,
  });
}

async function askFiller(dialog: Dialog, target: ChangeTarget): Promise<Filler> {
  const kind = await dialog.choice('What to fill with', KINDS);
  const asksPattern = kind === 'hex' || kind === 'text';
  const asked = asksPattern ? 2 : 1;
  dialog.expect(asked + 1);
  if (kind === 'zeros') return { words: 'zeros', asked, bytes: (_at, count) => new Uint8Array(count) };
  if (kind === 'random') {
    return { words: 'random bytes', asked, bytes: (_at, count) => randomFillSync(new Uint8Array(count)) };
  }
  const most = target.view.byteCount;
  const pattern = await dialog.text(kind === 'hex' ? hexQuestion(most) : textQuestion(most));
  const words = `${plural(pattern.length, 'byte')}, repeated`;
  return { words, asked, bytes: repeated(pattern) };
}

function hexQuestion(most: number) {
  return {
    prompt: 'Bytes in hexadecimal, to be repeated',
    placeHolder: 'de ad be ef',
    read: (typed: string) => checkedPattern(patternOf(typed), most),
  };
}

function patternOf(typed: string): Uint8Array {
  const read = readPasted(typed);
  if (read && 'bytes' in read) return read.bytes;
  throw new RemapError('EINVAL', 'type whole bytes of two digits each, such as de ad be ef');
}

function textQuestion(most: number) {
  const encoding = readDisplay().text;
  return {
    prompt: 'Text to be repeated',
    read: (typed: string) => {
      const bytes = encodeText(typed, encoding);
      if (bytes === null) throw new RemapError('EINVAL', 'Latin-1 has no such character');
      return checkedPattern(bytes, most);
    },
  };
}

function checkedPattern(bytes: Uint8Array, most: number): Uint8Array {
  if (bytes.length === 0) throw new RemapError('EINVAL', 'type at least one byte');
  if (bytes.length <= most) return bytes;
  throw new RemapError('EINVAL', `these are ${bytes.length} bytes, there are only ${most}`);
}

/** A pattern again and again, from the start of the range on. */
function repeated(pattern: Uint8Array): Filler['bytes'] {
  return (at, count) => {
    const bytes = new Uint8Array(count);
    for (let i = 0; i < count; i++) bytes[i] = pattern[(at + i) % pattern.length]!;
    return bytes;
  };
}

/** The bytes to fill: those selected, or, where there is no selection or the person wants that, sectors. */
async function askRange(
  dialog: Dialog,
  { view, start, end }: ChangeTarget,
  asked: number,
): Promise<{ start: number; end: number }> {
  const isSelection = end - start > 1;
  const useSelection =
    isSelection &&
    (await dialog.choice('Where', [
      { label: 'Selection', description: placeInWords(start, end), value: true },
      { label: 'Range of Sectors...', value: false },
    ]));
  if (useSelection) return { start, end };
  dialog.expect(asked + (isSelection ? 2 : 1));
  const sectorCount = Math.ceil(view.byteCount / SECTOR_SIZE);
  const [first, count] = await dialog.text({
    prompt: 'Sectors to fill, such as 2000-2010 or 5000+8',
    value: formatRanges([[Math.floor(start / SECTOR_SIZE), 1]]),
    read: (typed) => oneRange(typed, sectorCount),
    hint: (typed) => {
      const [from, sectors] = oneRange(typed, sectorCount);
      return placeInWords(from * SECTOR_SIZE, (from + sectors) * SECTOR_SIZE);
    },
  });
  return { start: first * SECTOR_SIZE, end: Math.min((first + count) * SECTOR_SIZE, view.byteCount) };
}

function oneRange(typed: string, sectorCount: number) {
  const [range, ...others] = parseRanges(typed, sectorCount);
  if (range && others.length === 0) return range;
  throw new RemapError('EINVAL', 'one range is filled at a time');
}
