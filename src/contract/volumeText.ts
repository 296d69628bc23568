import { type DamageReport, type FileSectors, type Owner, SECTOR_SIZE, type VolumeInfo } from '../engine';
import type { CommandResults } from './commandResults';
import { formatFacts, formatTable } from './reportText';
import { formatRanges } from './typedInput';
import { formatCount, formatSize, plural } from './wording';

/* What is in the file systems of a disk, as texts for people. Each ends with a newline. */

/** Ranges that a line names; a file may have a million. */
const MAX_NAMED = 20;

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
  const { files, structures, moreFiles, doubts } = report;
  const parts = [damageFacts(report)];
  if (files.length > 0) {
    const rows = files.map(({ volume, path, stream, size, lostBytes, isWhole, unknown }) => [
      nameOf(volume),
      stream === undefined ? path : `${path}:${stream}`,
      isWhole ? 'all of it' : `${formatBytes(lostBytes)}${size === null ? '' : ` of ${formatBytes(size)}`}`,
      unknown.length > 0 ? `more may be lost: ${unknown[0]}` : '',
    ]);
    parts.push(formatTable(['Volume', 'File', 'Lost', 'Not known'], rows));
  }
  if (moreFiles > 0) parts.push(`${plural(moreFiles, 'more damaged file')}.\n`);
  if (structures.length > 0) {
    const rows = structures.map(({ volume, what, path, ranges, meaning }) => [
      volume === null ? 'disk' : nameOf(volume),
      path === undefined ? what : `${what} of ${path}`,
      formatRanges(ranges.slice(0, MAX_NAMED)),
      meaning,
    ]);
    parts.push(formatTable(['Volume', 'Structure', 'Sectors', 'What that means'], rows));
  }
  if (doubts.length > 0) {
    const rows = doubts.map(({ volume, reason }) => [nameOf(volume), reason]);
    parts.push(formatTable(['Volume', 'Not known'], rows));
  }
  return parts.join('\n');
}

function damageFacts({ files, structures, free, used, unknown, outside, moreFiles }: DamageReport): string {
  const sectors = ({ bad, notRescued }: DamageReport['free']) =>
    `${plural(bad, 'bad sector')}, ${notRescued} not rescued`;
  return formatFacts([
    ['Damaged files', String(files.length + moreFiles)],
    ['Damaged structures', String(structures.length)],
    ['Used space', sectors(used)],
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
