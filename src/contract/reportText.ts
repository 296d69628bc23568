import {
  type DeviceInfo,
  type MarkerResult,
  type MarkerVerification,
  type MetadataReport,
  printable,
  type RemapListing,
  SECTOR_SIZE,
  type SectorRange,
  type UnreadableRun,
} from '../engine';
import { countRun, describeFailing, describeFlakey, sourceOf } from './faultWords';
import { formatRanges } from './typedInput';
import { formatCount, formatSize, plural, stateWords } from './wording';

/** A line for each label and its value; the values are in one column. */
export function formatFacts(facts: readonly (readonly [label: string, value: string])[]): string {
  const width = Math.max(...facts.map(([label]) => label.length)) + 2;
  return facts.map(([label, value]) => `${label.padEnd(width)}${printable(value)}\n`).join('');
}

/** A message to a device, and the lines of its reply. */
export function formatReply(message: string, reply: string): string {
  return [message, '', ...reply.split('\n')].map((line) => `${printable(line)}\n`).join('');
}

/** What `remap.getDevice` returns, as a text. */
export function formatDevice(info: DeviceInfo): string {
  const { statistics, metadata } = info;
  return formatFacts([
    ['Device', info.name],
    ['State', [stateWords[info.state], ...info.reasons].join('; ')],
    ['Device file', info.path ?? 'none'],
    ['Main', `${info.main} (${plural(info.sectors, 'sector')}, ${formatSize(info.sectors)})`],
    [
      'Spare',
      `${[info.spare].flat().join(', ')} (${plural(info.spareSectors, 'sector')}, ${formatSize(info.spareSectors)})`,
    ],
    [
      'Fails on purpose',
      info.flakey === null ? 'no' : `main ${describeFlakey(info.flakey)} (${info.flakey})`,
    ],
    ['Remaps', `${formatCount(info.remaps)} (room for ${formatCount(info.spareFree)} more)`],
    ['Bad sectors', formatCount(info.badSectors)],
    ['Not rescued', formatCount(info.notRescued)],
    [
      'Metadata',
      metadata.sequence === null
        ? 'not kept'
        : `${metadata.valid} of 5 copies valid, state ${metadata.sequence}`,
    ],
    ['Reads, writes', `${formatCount(statistics.reads)}, ${formatCount(statistics.writes)}`],
    ['Errors', formatCount(statistics.errors)],
    ['Markers', `${info.markers.text} at ${info.markers.sectors.join(', ')}`],
  ]);
}

/** Remap entries as a table. */
export function formatRemaps({ total, remaps }: RemapListing): string {
  const heading = `${plural(total, 'remap')}${remaps.length < total ? `, the first ${formatCount(remaps.length)}` : ''}`;
  const rows = remaps.map(({ original, spare, time, errors, state }) => [
    original,
    spare,
    time ?? '',
    errors,
    state,
  ]);
  return `${heading}\n\n${formatTable(['Original', 'Spare', 'Time', 'Errors', 'State'], rows)}`;
}

/** Whether each marker is still there, in the words of the published persistence test. */
export function formatVerification(verification: MarkerVerification): string {
  const { verified, total, results } = verification;
  const lines = results.map(({ sector, ok, actual, failure, reason, source }) => {
    const verdict = ok
      ? `✓ Sector ${sector}: Data preserved! ("${actual}")`
      : `${failure === 'neverWritten' ? '○' : '✗'} Sector ${sector}: ${reason}`;
    return `${printable(`${verdict}, from ${source}`)}\n`;
  });
  const percent = total === 0 ? 0 : Math.floor((verified / total) * 100);
  const result = `Result: ${verified}/${total} sectors verified (${percent}% data integrity)`;
  return `${lines.join('')}\n${[result, ...countMissing(verification)].join('; ')}\n`;
}

/** "1 marker lost", "2 unreadable" and "1 never written", each where there are any. */
export function countMissing({ results }: Pick<MarkerVerification, 'results'>): string[] {
  const count = (wanted: MarkerResult['failure']) =>
    results.filter(({ failure }) => failure === wanted).length;
  const [lost, unreadable, never] = [count('lost'), count('unreadable'), count('neverWritten')];
  return [
    ...(lost > 0 ? [`${plural(lost, 'marker')} lost`] : []),
    ...(unreadable > 0 ? [`${formatCount(unreadable)} unreadable`] : []),
    ...(never > 0 ? [`${formatCount(never)} never written`] : []),
  ];
}

/** The metadata copies as a table, and which of them is used; of a pool one after the other for each spare. */
export function formatMetadata(report: MetadataReport): string {
  const [first, ...others] = report.members ?? [];
  if (!first) return formatSpare(report);
  // Indented, since a line of a copy leads to the first spare.
  const indented = others.map(({ path, report: own, reason }, i) => {
    const text = own ? formatSpare(own) : `The metadata can't be read: ${reason}\n`;
    return `\nSpare ${i + 1}, ${path}\n${text.replace(/^(?=.)/gm, '  ')}`;
  });
  return `Spare 0, ${first.path}\n${formatSpare(report)}${indented.join('')}`;
}

function formatSpare({ copies, winner, sequence, remaps, table }: MetadataReport): string {
  const rows = copies.map((copy) => [
    copy.index,
    copy.sector,
    copy.valid ? (copy.stale ? 'valid, older' : 'valid') : (copy.reason ?? 'not valid'),
    copy.sequence ?? '',
    copy.index === winner ? 'yes' : '',
  ]);
  const verdict =
    winner === null
      ? 'No copy is valid.'
      : `Copy ${winner} is in use: state ${sequence} (its sequence number), ${plural(remaps, 'remap')}.`;
  const copyTable = formatTable(['Copy', 'Sector', 'State', 'Sequence', 'In use'], rows);
  return `${copyTable}\n${verdict}\n${table ? formatLargeTable(table) : ''}`;
}

function formatLargeTable({ records, damaged, reason }: NonNullable<MetadataReport['table']>): string {
  const state =
    damaged.length === 0
      ? 'both mirrors intact'
      : (reason ?? `damaged in spare sectors ${damaged.join(', ')}, each intact in the other mirror`);
  return `Large table of ${plural(records, 'record')}: ${state}.\n`;
}

/** Which sectors of a read failed, and which of those because they were not rescued. */
export interface FailedSectors {
  readonly failed: readonly SectorRange[];
  readonly notRescued: readonly SectorRange[];
}

/** Sectors as `hexdump -C` shows bytes; for a sector that can't be read there is a line that says so. */
export function formatSectors(
  first: number,
  bytes: Uint8Array,
  { failed, notRescued }: FailedSectors,
): string {
  const isIn = (ranges: readonly SectorRange[], sector: number) =>
    ranges.some(([start, count]) => sector >= start && sector < start + count);
  let text = '';
  for (let i = 0; i < bytes.length / SECTOR_SIZE; i++) {
    text += `Sector ${first + i}\n`;
    if (isIn(notRescued, first + i)) text += '  not rescued\n';
    else if (isIn(failed, first + i)) text += '  unreadable\n';
    else
      text += formatBytes((first + i) * SECTOR_SIZE, bytes.subarray(i * SECTOR_SIZE, (i + 1) * SECTOR_SIZE));
  }
  return text;
}

function formatBytes(byteOffset: number, bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 16) {
    const row = bytes.subarray(at, at + 16);
    const hex = Array.from(row, (byte) => byte.toString(16).padStart(2, '0')).join(' ');
    const characters = Array.from(row, (byte) =>
      byte >= 0x20 && byte < 0x7f ? String.fromCharCode(byte) : '.',
    );
    text += `${(byteOffset + at).toString(16).padStart(10, '0')}  ${hex}  |${characters.join('')}|\n`;
  }
  return text;
}

/** What is known of some sectors of an image. */
export interface QueriedSectors {
  readonly image: string;
  /** Its rescue map. */
  readonly map: string;
  readonly sectors: readonly SectorRange[];
  /** Those that can't be read, ascending. */
  readonly runs: readonly UnreadableRun[];
  /** How many of them are remapped; null for an image that nothing is remapped from. */
  readonly remapped: number | null;
}

/** What can't be read of some sectors, why, and who says so; and how many of them the spare serves. */
export function formatUnreadable({ image, map, sectors, runs, remapped }: QueriedSectors): string {
  const total = sectors.reduce((sum, [, count]) => sum + count, 0);
  const unreadable = runs.reduce((sum, { count }) => sum + count, 0);
  const facts = formatFacts([
    ['Image', image],
    ['Sectors', `${formatRanges(sectors)} (${plural(total, 'sector')}, ${formatSize(total)})`],
    ["Can't be read", unreadable === 0 ? 'none' : plural(unreadable, 'sector')],
    ...(remapped === null
      ? []
      : [['Remapped', `${plural(remapped, 'sector')}, which the spare serves`] as const]),
  ]);
  if (runs.length === 0) return facts;
  const rows = runs.map((run) => [
    formatRanges([[run.first, run.count]]),
    countRun(run),
    sourceOf(run, map),
    describeFailing(run),
  ]);
  return `${facts}\n${formatTable(['Sectors', 'What', 'Known from', 'How it fails'], rows)}`;
}

/** Rows in columns, under their heads. */
export function formatTable(
  heads: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string {
  const table = [heads, ...rows.map((row) => row.map((cell) => printable(String(cell))))];
  const widths = heads.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  const lines = table.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return lines.map((line) => `${line}\n`).join('');
}

/** What a scan of a device found, a line for each range. @param summary the scan in one sentence */
export function formatScan(
  summary: string,
  {
    failing,
    notRescued,
    slow,
  }: { readonly [K in 'failing' | 'notRescued' | 'slow']: readonly SectorRange[] },
): string {
  const wholly = ([first, count]: SectorRange) =>
    notRescued.some(([start, length]) => start <= first && first + count <= start + length);
  const rows = [
    ...failing.map((range) => [range, wholly(range) ? 'not rescued' : "can't be read"] as const),
    ...slow.map((range) => [range, 'read slowly'] as const),
  ].sort(([[a]], [[b]]) => a - b);
  const lines = rows.map(
    ([range, what]) => `${formatRanges([range])}  ${plural(range[1], 'sector')}, ${what}\n`,
  );
  return [`${printable(summary)}\n`, '\n', ...lines].join('');
}
