import { type Origin, SECTOR_SIZE, type ViewId } from '../../src/shared/protocol';

const grouped = new Intl.NumberFormat('en-US');
const HEX_BYTES = Array.from({ length: 256 }, (_, value) =>
  value.toString(16).toUpperCase().padStart(2, '0'),
);

/** A byte as two hexadecimal digits. */
export function hexByte(value: number): string {
  return HEX_BYTES[value] ?? '';
}

/** A byte as the character it stands for in ASCII, or null where it stands for none that can be seen. */
export function asciiCharacter(value: number): string | null {
  return value >= 0x20 && value < 0x7f ? String.fromCharCode(value) : null;
}

/** `0x7D000`. */
export function hexNumber(value: number): string {
  return `0x${value.toString(16).toUpperCase()}`;
}

/** `1,234,567`. */
export function decimal(value: number): string {
  return grouped.format(value);
}

/** How many hexadecimal digits the offset column of a view needs. */
export function offsetDigits(byteCount: number): number {
  return Math.max(8, Math.max(0, byteCount - 1).toString(16).length);
}

export function offsetText(byteOffset: number, digits: number): string {
  return byteOffset.toString(16).toUpperCase().padStart(digits, '0');
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const;

/** `100 MiB`, with a decimal only where it says something. */
export function byteSize(byteCount: number): string {
  let value = byteCount;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  const digits = unit === 0 || value >= 100 || Number.isInteger(value) ? 0 : 1;
  return `${value.toFixed(digits)} ${UNITS[unit]}`;
}

/** The codicon that stands for an origin, so that none is told apart by colour alone. */
export function originIcon(origin: Origin): string | null {
  switch (origin.kind) {
    case 'spare':
    case 'replaced':
    case 'replacement':
      return 'arrow-swap';
    case 'metadata':
      if (origin.valid === null) return 'database';
      return origin.valid ? 'pass' : 'warning';
    case 'table':
      return 'database';
    case 'bad':
    case 'listed':
      return 'error';
    case 'unvisited':
      return 'question';
    default:
      return null;
  }
}

/** `spare`, or which one of a pool. */
function spareName(view: ViewId): string {
  return view === 'spare' ? 'spare' : `spare ${Number(view.slice('spare'.length)) + 1}`;
}

/** Where the bytes of a sector come from, as its heading says it; `index` is the sector's place in its run. */
export function originText(origin: Origin, index: number): string {
  switch (origin.kind) {
    case 'plain':
      return '';
    case 'main':
      return 'from main';
    case 'spare':
      return `remapped: from ${spareName(origin.view)} sector ${origin.sector + index}`;
    case 'replaced':
      return `remapped: the device reads ${spareName(origin.view)} sector ${origin.sector + index} instead`;
    case 'replacement':
      return `holds device sector ${origin.sector + index}`;
    case 'metadata':
      return `metadata copy ${origin.copy}${origin.verdict === '' ? '' : `, ${origin.verdict}`}`;
    case 'table':
      return 'remap table of the extension';
    case 'free':
      return 'not in use';
    case 'bad':
      return 'bad sector';
    case 'listed':
      return 'bad by the mapfile: these are the bytes in its place';
    case 'unvisited':
      return 'not rescued: these bytes are filling';
  }
}

/** `Sector 1000 · byte 0x7D000`. */
export function sectorTitle(sector: number): string {
  return `Sector ${sector} · byte ${hexNumber(sector * SECTOR_SIZE)}`;
}

/** A byte in words: `0x74 't'`. */
export function byteInWords(value: number): string {
  const character = asciiCharacter(value);
  if (character === ' ') return `0x${hexByte(value)} space`;
  return character === null ? `0x${hexByte(value)}` : `0x${hexByte(value)} '${character}'`;
}
