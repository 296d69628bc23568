import { type DamageReport, type FileSectors, type Owner, SECTOR_SIZE, type VolumeInfo } from '../engine';
import type { CommandResults } from './commandResults';
import { formatFacts, formatTable } from './reportText';
import { formatRanges } from './typedInput';
import { formatCount, formatSize, plural } from './wording';

/* What is in the file systems of a disk, as texts for people. Each ends with a newline. */

/** Ranges that a line names; a file may have a million. */
const MAX_NAMED = 20;
/** Lost ranges that a report lists. */
const MAX_RANGES = 5000;

const statusWords = { bad: 'bad', notRescued: 'not rescued' } as const;

/** The volumes of a disk, a line each, and what is special of them. */
export function formatVolumes(volumes: readonly VolumeInfo[]): string {
  if (volumes.length === 0) return 'The partition table is empty.\n';
  const rows = volumes.map(({ index, first, count, kind, label, name, used, total }) => [
    index === 0 ? 'whole disk' : index,
    formatRanges([[first, count]]),
    formatSize(count),
    kind,
    label || name,
    used === null ? '' : formatBytes(used),
    total === null ? '' : formatBytes(total),
  ]);
  const heads = ['Volume', 'Sectors', 'Size', 'What', 'Label', 'Used', 'Of'];
  const notes = volumes.flatMap(({ index, notes: list }) =>
    list.map((note): [string, string] => [nameOf(index), note]),
  );
  return `${formatTable(heads, rows)}${notes.length > 0 ? `\n${formatTable(['Volume', 'Note'], notes)}` : ''}`;
}

/** The owners of sectors, a line each. */
export function formatOwners(owners: readonly Owner[]): string {
  return formatTable(
    ['Sector', 'Owner'],
    owners.map((owner) => [owner.sector, describeOwner(owner)]),
  );
}

/** The owner of a sector in words: `volume 2: /home/a/photo.jpg, byte 1,048,576`. */
function describeOwner(owner: Owner, placeOf = volumePlace): string {
  const { volume, path, otherPaths = [], fileOffset, why, otherOwners = [] } = owner;
  const place = fileOffset === undefined || owner.kind === 'meta' ? [] : [`byte ${formatCount(fileOffset)}`];
  const names = path === undefined ? [] : [path];
  const others = otherPaths.length > 0 ? [`also ${otherPaths.join(', ')}`] : [];
  const where = volume === undefined ? '' : placeOf(volume);
  const facts = [...kindWords(owner), ...names, ...place, ...others].join(', ');
  const rest = otherOwners.map((other) => `; ${describeOwner(other, placeOf)}`).join('');
  return `${where}${facts}${rest}${why === undefined ? '' : ` (${why})`}`;
}

function volumePlace(volume: number): string {
  return volume === 0 ? '' : `volume ${volume}: `;
}

/** The owner of a sector with its file system: `partition 2, ext4: /home/a/photo.jpg, byte 1,048,576`. */
export function ownerWords(owner: Owner, volumes: readonly Pick<VolumeInfo, 'index' | 'kind'>[]): string {
  return describeOwner(owner, (volume) => {
    const kind = volumes.find(({ index }) => index === volume)?.kind ?? '';
    return volume === 0 ? `${kind}: ` : `partition ${volume}, ${kind}: `;
  });
}

/** What kind of owner it is; nothing for a plain part of a file. */
function kindWords({ kind, what, group }: Owner): string[] {
  const special = what === undefined ? [] : [group === undefined ? what : `${what} ${group}`];
  switch (kind) {
    case 'file':
      return special;
    case 'dir':
      return ['folder', ...special];
    case 'meta':
      return special;
    case 'slack':
      return ['unused end of', ...special];
    case 'allocated':
      return ['in use, by no file'];
    case 'outside':
      return ['in no file system'];
    default:
      return [kind];
  }
}

/** Where a file lies. */
export function formatFileSectors({ volume, size, extents, unwritten, meta, unknown }: FileSectors): string {
  const facts = formatFacts([
    ['Volume', nameOf(volume)],
    ['Size', size === null ? 'not kept' : `${size} bytes`],
    ['Kept for it', meta.length === 0 ? 'nothing' : `sectors ${formatRanges(meta.slice(0, MAX_NAMED))}`],
    ...unknown.map((reason) => ['Not known', reason] as const),
  ]);
  const rows = [
    ...extents.map((extent) => [...extent, '']),
    ...unwritten.map((extent) => [...extent, 'never written: zeros']),
  ];
  if (rows.length === 0) return facts;
  return `${facts}\n${formatTable(['File sector', 'Sector', 'Count', ''], rows)}`;
}

/** The damage of a disk; the texts of other formats as they are. */
export function formatDamage(report: CommandResults['damage']): string {
  if (typeof report === 'string') return report;
  const { moreFiles, doubts } = report;
  const parts = [damageFacts(report), ...filesText(report)];
  if (moreFiles > 0) parts.push(`${plural(moreFiles, 'more damaged file')}.\n`);
  parts.push(...structuresText(report));
  if (doubts.length > 0) {
    const rows = doubts.map(({ volume, reason }) => [reason, nameOf(volume)]);
    parts.push(formatTable(['Not known', 'Volume'], rows));
  }
  return parts.join('\n');
}

/** The damaged files, then which of their sectors are lost. */
function filesText({ files }: DamageReport): string[] {
  if (files.length === 0) return [];
  const nameOfFile = ({ path, stream }: DamageReport['files'][number]) =>
    stream === undefined ? path : `${path}:${stream}`;
  const rows = files.map((file) => [
    nameOfFile(file),
    nameOf(file.volume),
    file.isWhole
      ? 'all of it'
      : `${formatBytes(file.lostBytes)}${file.size === null ? '' : ` of ${formatBytes(file.size)}`}`,
    file.unknown.length > 0 ? `more may be lost: ${file.unknown[0]}` : '',
  ]);
  const lost = files.flatMap((file) =>
    file.ranges.map(({ sector, sectorCount, status, fileOffset, byteLength }) => [
      formatRanges([[sector, sectorCount]]),
      statusWords[status],
      `${formatCount(byteLength)} bytes from byte ${formatCount(fileOffset)} on of ${nameOfFile(file)}`,
    ]),
  );
  const shown = lost.slice(0, MAX_RANGES);
  const more = lost.length - shown.length;
  return [
    formatTable(['File', 'Volume', 'Lost', 'Not known'], rows),
    ...(shown.length > 0 ? [formatTable(['Sectors', 'Why', 'What is lost'], shown)] : []),
    ...(more > 0 ? [`${plural(more, 'more lost range')}: the damage as CSV has them all.\n`] : []),
  ];
}

function structuresText({ structures }: DamageReport): string[] {
  if (structures.length === 0) return [];
  const rows = structures.flatMap(({ volume, what, path, ranges, status, meaning }) =>
    ranges
      .slice(0, MAX_NAMED)
      .map((range) => [
        formatRanges([range]),
        statusWords[status],
        path === undefined ? what : `${what} of ${path}`,
        volume === null ? 'disk' : nameOf(volume),
        meaning,
      ]),
  );
  return [formatTable(['Sectors', 'Why', 'Structure', 'Volume', 'What that means'], rows)];
}

function damageFacts({ files, structures, free, used, unknown, outside, moreFiles }: DamageReport): string {
  const sectors = ({ bad, notRescued }: DamageReport['free']) =>
    `${plural(bad, 'bad sector')}, ${notRescued} not rescued`;
  return formatFacts([
    ['Damaged files', String(files.length + moreFiles)],
    ['Damaged structures', String(structures.length)],
    ['Used space', sectors(used)],
    ['To be rescued', `${plural(used.notRescued, 'sector')} of used space (${formatSize(used.notRescued)})`],
    ['Not known', sectors(unknown)],
    ['Free space', `${sectors(free)}: nothing lost`],
    ['In no volume', sectors(outside)],
  ]);
}

function formatBytes(bytes: number): string {
  return formatSize(bytes / SECTOR_SIZE);
}

function nameOf(volume: number): string {
  return volume === 0 ? 'whole disk' : String(volume);
}
