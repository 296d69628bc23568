import { basename } from 'node:path';
import { type DeviceInfo, type DeviceState, SECTOR_SIZE } from '../engine';

/** Sectors that can't be read: bad ones, and those that a rescue map says were never rescued. */
export type UnreadableCounts = Pick<DeviceInfo, 'badSectors' | 'notRescued'>;

/** How a state is said. */
export const stateWords: Readonly<Record<DeviceState, string>> = {
  active: 'active',
  suspended: 'suspended',
  degraded: 'degraded',
  readonly: 'read-only',
};

const counts = new Intl.NumberFormat('en');
const names = new Intl.Collator('en', { numeric: true });
const units = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** 204800 as "204,800". Not for sectors, which people type: those are shown as they are typed. */
export function formatCount(count: number): string {
  return counts.format(count);
}

/** "1 sector", "5 sectors", "2,100 entries". */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}

/** A size in the largest unit that leaves at least 1, with one decimal unless that is 0: "1.5 GiB". */
export function formatSize(sectorCount: number): string {
  let size = sectorCount * SECTOR_SIZE;
  let unit = 0;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${Number(size.toFixed(1))} ${units[unit]}`;
}

/** "3 bad sectors" and "1,024 not rescued", each where there are any. */
export function countUnreadable({ badSectors, notRescued }: UnreadableCounts): string[] {
  return [
    ...(badSectors > 0 ? [plural(badSectors, 'bad sector')] : []),
    ...(notRescued > 0 ? [`${formatCount(notRescued)} not rescued`] : []),
  ];
}

/** What is said of a rescue map under another name than the usual one, that fits an image. */
export function describeOffer(image: string, map: UnreadableCounts & { readonly path: string }): string {
  return `${basename(map.path)} fits ${image} and says: ${countUnreadable(map).join(', ')}. It isn’t used as its rescue map.`;
}

/** "a", "a and b", "a, b and c". */
export function listInWords(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

/** Names that a line has room for. */
const FEW = 3;

/** Up to three names as {@link listInWords} gives them, as people order them; of more only how many: "12 devices". */
export function listFew(names: readonly string[], one: string): string {
  return names.length > FEW ? plural(names.length, one) : listInWords([...names].sort(compareNames));
}

const BAR_LENGTH = 5;

/** A share of 0 to 1 as a bar of blocks with its percentage: "█░░░░ 25 %". A share above 0 shows at least one block. */
export function formatBar(share: number): string {
  const full = share > 0 ? Math.max(1, Math.round(share * BAR_LENGTH)) : 0;
  return `${'█'.repeat(full)}${'░'.repeat(BAR_LENGTH - full)} ${formatPercent(share)}`;
}

/** A share of 0 to 1 as a percentage: "25 %", "under 1 %". */
export function formatPercent(share: number): string {
  const percent = share * 100;
  return percent > 0 && percent < 1 ? 'under 1 %' : `${Math.round(percent)} %`;
}

/** A moment as "10:31", with its date where that isn't today's. */
export function formatMoment(time: number, now = Date.now()): string {
  const moment = new Date(time);
  return moment.toDateString() === new Date(now).toDateString()
    ? moment.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' })
    : moment.toLocaleString([], { dateStyle: 'medium', timeStyle: 'short' });
}

/** Orders names as people do: "dev2" before "dev10". */
export function compareNames(a: string, b: string): number {
  return names.compare(a, b);
}
