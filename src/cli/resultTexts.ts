import type { CommandResults } from '../contract/commandResults';
import { describeFaults, describeFlakey } from '../contract/faultWords';
import { describeLosses } from '../contract/losses';
import { formatFacts } from '../contract/reportText';
import { formatRanges } from '../contract/typedInput';
import { formatSize, plural, stateWords } from '../contract/wording';
import { mergeRanges, printable, type SectorRange } from '../engine';

/* Results as texts for people, where `contract/reportText.ts` has none. Each ends with a newline. */

/** Ranges that a text names; there may be a million. */
const MAX_NAMED = 100;

export function injectionText({
  name,
  badSectors,
  notRescued,
  injection,
}: CommandResults['injectErrors']): string {
  const { sectors, flakey, hints } = injection;
  return textOf([
    `${name}: ${plural(sectors, 'sector')} injected, ${badSectors} bad in all, ${notRescued} not rescued`,
    ...(flakey === null ? [] : [`Main ${describeFlakey(flakey)} (dm-flakey: ${flakey})`]),
    ...hints,
  ]);
}

export function clearingText(info: CommandResults['clearErrors']): string {
  const copies = info.kept.map((path) => `Kept what another program had found: ${path}`);
  return textOf([`${info.name}: ${describeFaults(info)}`, ...copies]);
}

export function writingText({ remapped }: CommandResults['write']): string {
  return remapped.length === 0 ? 'Written\n' : `Written; remapped: ${sectorsText(remapped)}\n`;
}

export function markersText({ written, remapped }: CommandResults['writeMarkers']): string {
  const remaps = remapped.length === 0 ? '' : `; remapped: ${sectorsText(remapped)}`;
  return `Wrote ${plural(written, 'marker')}${remaps}\n`;
}

export function relocationText({ relocated, lost, left }: CommandResults['relocate']): string {
  return formatFacts([
    ['Relocated', plural(relocated, 'remap')],
    ['Data gone', lost.length === 0 ? 'none' : `sectors ${sectorsText(lost)}`],
    ['Without room', left.length === 0 ? 'none' : `sectors ${sectorsText(left)}; the device stays read-only`],
  ]);
}

export function scanText(report: CommandResults['scan']): string {
  const { scannedSectors, failing, notRescued, slow, rescued, seconds } = report;
  return formatFacts([
    ['Scanned', `${formatSize(scannedSectors)} in ${seconds.toFixed(1)} s`],
    ['Failing', rangesText(failing)],
    ['Not rescued', rangesText(notRescued)],
    ['Slow', rangesText(slow)],
    ['Moved to the spare', plural(rescued, 'sector')],
  ]);
}

/** What a reload or a reboot left, and what it lost. */
export function restartText(result: CommandResults['reboot']): string {
  const devices = result.after.map(
    ({ name, state, remaps }) => `${name}: ${stateWords[state]}, ${plural(remaps, 'remap')}`,
  );
  const losses = describeLosses(result);
  return textOf([...devices, ...(losses.length === 0 ? ['Nothing is lost'] : losses)]);
}

/** Lines for people; names of devices and files in them are not ours. */
function textOf(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\n`).join('');
}

/** Sectors as ranges; a long list is cut. */
export function rangesText(ranges: readonly SectorRange[]): string {
  if (ranges.length === 0) return 'none';
  const more = ranges.length - MAX_NAMED;
  return `${formatRanges(ranges.slice(0, MAX_NAMED))}${more > 0 ? `, and ${plural(more, 'more range')}` : ''}`;
}

function sectorsText(sectors: readonly number[]): string {
  return rangesText(mergeRanges(sectors.map((sector) => [sector, 1])));
}
