import type { DamagedFile, DamagedStructure, DamageReport } from './damageContracts';

const COLUMNS = [
  'kind',
  'volume',
  'path',
  'what',
  'status',
  'sector',
  'sectors',
  'fileOffset',
  'bytes',
  'note',
] as const;
type Row = Partial<Record<(typeof COLUMNS)[number], string | number>>;

/** A damage report as a table (RFC 4180): a line for each lost range of a file or structure, then the sums of the space. */
export function* damageCsv(report: DamageReport): Generator<string> {
  yield line(COLUMNS);
  for (const row of rowsOf(report)) yield line(COLUMNS.map((column) => row[column] ?? ''));
}

function* rowsOf({ files, structures, ...space }: DamageReport): Generator<Row> {
  for (const file of files) yield* fileRows(file);
  for (const structure of structures) yield* structureRows(structure);
  for (const kind of ['free', 'used', 'unknown', 'outside'] as const)
    for (const status of ['bad', 'notRescued'] as const) yield { kind, status, sectors: space[kind][status] };
  for (const { volume, reason } of space.doubts) yield { kind: 'doubt', volume, note: reason };
  if (space.moreFiles > 0) yield { kind: 'more', note: `${space.moreFiles} more damaged files` };
}

function* fileRows({ kind, volume, path, stream, ranges, unknown, isWhole }: DamagedFile): Generator<Row> {
  const named: Row = { kind, volume, path: stream === undefined ? path : `${path}:${stream}` };
  for (const { status, sector, sectorCount, fileOffset, byteLength } of ranges) {
    const place: Row = { status, sector, sectors: sectorCount, fileOffset, bytes: byteLength };
    yield { ...named, ...place, ...(isWhole && { note: 'nothing of the file is left' }) };
  }
  for (const reason of unknown) yield { ...named, note: `more may be lost: ${reason}` };
}

function* structureRows({ volume, path, what, status, ranges, meaning }: DamagedStructure): Generator<Row> {
  for (const [sector, sectors] of ranges)
    yield {
      kind: 'meta',
      volume: volume ?? '',
      path: path ?? '',
      what,
      status,
      sector,
      sectors,
      note: meaning,
    };
}

function line(fields: readonly (string | number)[]): string {
  return `${fields.map(field).join(',')}\r\n`;
}

function field(value: string | number): string {
  const text = String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
