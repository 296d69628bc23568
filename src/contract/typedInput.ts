import { mergeRanges, RemapError, SECTOR_SIZE, type SectorRange } from '../engine';

const unitSectors: Readonly<Record<string, number>> = {
  k: 1024 / SECTOR_SIZE,
  m: 1024 ** 2 / SECTOR_SIZE,
  g: 1024 ** 3 / SECTOR_SIZE,
  t: 1024 ** 4 / SECTOR_SIZE,
};

/** The kernel's names of devices have no more bytes (DM_NAME_LEN). */
const NAME_BYTES = 127;

/**
 * Reads the name of a new device: letters of any script, digits, and . _ + -, and no dot first, which would hide its files
 * or leave their folder.
 * @throws RemapError `EINVAL`
 */
export function parseDeviceName(text: string): string {
  const name = text.trim();
  if (!/^[\p{L}\p{M}\p{N}_.+-]+$/u.test(name))
    throw new RemapError('EINVAL', 'a name consists of letters, digits, and . _ + -');
  if (name.startsWith('.')) throw new RemapError('EINVAL', 'a name doesn’t begin with a dot');
  if (Buffer.byteLength(name) > NAME_BYTES)
    throw new RemapError('EINVAL', `a name has at most ${NAME_BYTES} bytes, as in the kernel`);
  return name;
}

/** Reads a sector number as people type it: decimal, or hexadecimal with 0x. @throws RemapError `EINVAL` */
export function parseSector(text: string, sectorCount: number): number {
  const sector = parseNumber(text.trim(), 'a sector is a whole number, such as 1000 or 0x3e8');
  if (sector < sectorCount) return sector;
  throw new RemapError('EINVAL', `sector ${sector} is outside: the last one is ${sectorCount - 1}`, {
    sector,
  });
}

/**
 * Reads sectors as people type them: "1000, 2000-2010, 5000+8", where 2000-2010 includes both ends and 5000+8 are eight
 * sectors from 5000 on.
 * @returns ascending and merged, at least one
 * @throws RemapError `EINVAL`
 */
export function parseRanges(text: string, sectorCount: number): SectorRange[] {
  const parts = text
    .replaceAll(/\s*([-+])\s*/g, '$1')
    .split(/[,;\s]+/)
    .filter((part) => part !== '');
  if (parts.length === 0) throw new RemapError('EINVAL', 'type sectors, such as 1000, 2000-2010, 5000+8');
  return mergeRanges(parts.map((part) => parseRange(part, sectorCount)));
}

/** Ranges as {@link parseRanges} reads them. */
export function formatRanges(ranges: readonly SectorRange[]): string {
  return ranges
    .map(([first, count]) => (count === 1 ? `${first}` : `${first}-${first + count - 1}`))
    .join(', ');
}

/** Reads a size as people type it, "100 MiB", "1.5G" or "204800" sectors, in sectors. @throws RemapError `EINVAL` */
export function parseSize(text: string): number {
  const match = /^([\d.]+)\s*(?:([kmgt])(?:i?b)?|s(?:ectors?)?)?$/i.exec(text.trim());
  const size = Number(match?.[1]) * (unitSectors[match?.[2]?.toLowerCase() ?? ''] ?? 1);
  if (Number.isSafeInteger(size) && size > 0) return size;
  throw new RemapError(
    'EINVAL',
    'a size is a number of sectors, or of KiB, MiB, GiB or TiB, such as 100 MiB',
  );
}

/** Reads the size of a block as people type it, in bytes: a multiple of a sector. @throws RemapError `EINVAL` */
export function parseBlockSize(text: string): number {
  const bytes = parseNumber(text.trim(), 'a block size is a number of bytes, such as 4096');
  if (bytes > 0 && bytes % SECTOR_SIZE === 0) return bytes;
  throw new RemapError('EINVAL', `a block has a multiple of ${SECTOR_SIZE} bytes, and ${bytes} is none`);
}

/** Reads at most `limit` bytes as people type them: a text, or hexadecimal after 0x. @throws RemapError `EINVAL` */
export function parseBytes(text: string, limit: number): Uint8Array {
  const isHex = /^0x/i.test(text);
  const digits = text.slice(2).replaceAll(/\s/g, '');
  if (isHex && !/^([\da-f]{2})*$/i.test(digits)) {
    throw new RemapError('EINVAL', 'bytes in hexadecimal have two digits each, such as 0x00ff');
  }
  const bytes = isHex ? Buffer.from(digits, 'hex') : Buffer.from(text, 'utf8');
  if (bytes.length <= limit) return bytes;
  throw new RemapError('EINVAL', `these are ${bytes.length} bytes, a sector has ${limit}`);
}

/** The message of the RemapError that `read` throws, as an input box shows it; undefined when it throws none. */
export function problemWith(read: () => unknown): string | undefined {
  try {
    read();
    return undefined;
  } catch (error) {
    if (error instanceof RemapError) return error.message;
    throw error;
  }
}

function parseRange(part: string, sectorCount: number): SectorRange {
  const match = /^(\w+)(?:([-+])(\w+))?$/.exec(part);
  if (!match)
    throw new RemapError('EINVAL', `"${part}" is neither a sector nor a range such as 2000-2010 or 5000+8`);
  const first = parseSector(match[1]!, sectorCount);
  if (match[3] === undefined) return [first, 1];
  const second = parseNumber(match[3], `"${match[3]}" is not a whole number`);
  const last = match[2] === '+' ? first + second - 1 : second;
  if (last < first) throw new RemapError('EINVAL', `${part} holds no sector`);
  parseSector(`${last}`, sectorCount);
  return [first, last - first + 1];
}

function parseNumber(text: string, problem: string): number {
  const value = /^(\d+|0x[\da-f]+)$/i.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(value)) return value;
  throw new RemapError('EINVAL', problem);
}
