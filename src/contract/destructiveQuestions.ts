import { basename } from 'node:path';
import { type Findings, mergeRanges } from '../engine';
import type { ModalQuestion } from './displacedTexts';
import { formatRanges } from './typedInput';
import { listInWords, plural } from './wording';

/**
 * What people are asked, once, before something goes that nothing brings back. Each names the file and what goes; a caller
 * in code is asked nothing.
 */

/** Before the paths that dm-remap-scan reads take the place of a metadata copy. */
export function exportPathsQuestion(main: string, spares: readonly string[]): ModalQuestion {
  const names = spares.map((path) => basename(path));
  const copies = spares.length === 1 ? 'metadata copy 0' : 'metadata copy 0 of each';
  return {
    message: `Give up ${copies} on ${listInWords(names)} for the paths of the images?`,
    detail: `dm-remap-scan finds a device by the paths of ${listInWords([basename(main), ...names])} at sector 0 of its spare, where copy 0 lies. The other four copies keep the remaps, for a kernel too. Repair Metadata brings copy 0 back.`,
    verbs: ['Write Paths'],
  };
}

/** Before a sector is overwritten. @param now what it holds, as {@link describeSector} says it */
export function writeSectorQuestion(
  device: string,
  main: string,
  sector: number,
  now: string,
): ModalQuestion {
  return {
    message: `Overwrite sector ${sector} of ${device}, on ${basename(main)}?`,
    detail: `It ${now}. Nothing keeps that: to be able to undo, write in the sector editor instead.`,
    verbs: ['Overwrite'],
  };
}

/** Before markers are written over what isn't one. @param sectors those that hold something else */
export function writeMarkersQuestion(
  device: string,
  main: string,
  sectors: readonly number[],
): ModalQuestion {
  const ranges = formatRanges(mergeRanges(sectors.map((sector) => [sector, 1])));
  return {
    message: `Overwrite ${plural(sectors.length, 'sector')} of ${device}, on ${basename(main)}, with markers?`,
    detail: `What they hold is neither zeros nor a marker of the device: ${ranges}. Nothing keeps it.`,
    verbs: ['Overwrite'],
  };
}

/** Says what a sector holds, as a clause that begins with a verb. @param bytes undefined: it can't be read */
export function describeSector(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "can't be read now";
  if (bytes.every((byte) => byte === 0)) return 'holds zeros now';
  const start = Buffer.from(bytes.subarray(0, MAX_START_BYTES));
  const text = /^[\x20-\x7e]+/.exec(start.toString('latin1'))?.[0] ?? '';
  return text.length >= MIN_TEXT_BYTES
    ? `begins with “${text}” now`
    : `begins with the bytes ${start
        .subarray(0, 8)
        .toString('hex')
        .replaceAll(/..(?=.)/g, '$& ')} now`;
}

const MAX_START_BYTES = 40;
const MIN_TEXT_BYTES = 4;

export const CLEAR_INJECTED = 'Clear Injected Only';
export const CLEAR_ALL = 'Clear All';

/** Before what other programs found on a device's images is cleared: their maps may be the only record of it. */
export function clearFindingsQuestion(device: string, findings: readonly Findings[]): ModalQuestion {
  const found = findings.map(({ map, sectors }) => `${plural(sectors, 'sector')} by ${basename(map)}`);
  return {
    message: `Clear what was found on ${device} too?`,
    detail: `Not injected here: ${listInWords(found)}. Clearing all makes these sectors readable, whatever they hold; the map is kept as it is beside it, under another name.`,
    verbs: [CLEAR_INJECTED, CLEAR_ALL],
  };
}

/** Before sectors of an image are cleared that another program found. */
export function clearFoundSectorsQuestion(image: string, map: string, sectors: string): ModalQuestion {
  return {
    message: `Clear what ${basename(map)} found at sectors ${sectors} of ${basename(image)}?`,
    detail: `They can be read then, whatever the image holds there. ${basename(map)} is kept as it is beside it, under another name.`,
    verbs: ['Clear'],
  };
}
