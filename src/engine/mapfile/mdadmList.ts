import { RangeSet } from '../block/rangeSet';
import type { RemapError } from '../errors';
import { LineScanner } from './lineScanner';

const HEADING = /^Bad-blocks (on|list is empty in) (.*?):?$|^No bad-blocks list configured on (.*)$/;
const ENTRY = /^(\d{1,15}) for (\d{1,15}) sectors?$/;

/** Whether a line, without blanks around it, is one of `mdadm --examine-badblocks`. */
export function isMdadmLine(line: string): boolean {
  return HEADING.test(line) || ENTRY.test(line);
}

/**
 * Reads what `mdadm --examine-badblocks` prints of one disk: a heading, then `SECTOR for COUNT sectors` on each line,
 * in sectors of 512 bytes.
 *
 * @throws RemapError `EINVAL` with `details.path` and `details.line`: for any other line, a second disk, or sectors
 * outside the device
 */
export function parseMdadmList(
  bytes: Uint8Array,
  options: { readonly path: string; readonly sectorCount: number; readonly tag: number },
): RangeSet {
  const scanner = new LineScanner(bytes, options.path);
  const sectors = new RangeSet();
  let hasHeading = false;
  while (scanner.nextEntry()) {
    if (HEADING.test(scanner.rest)) {
      if (hasHeading) throw scanner.invalid('a second disk: give the list of one');
      hasHeading = true;
      continue;
    }
    const [, first, count] = ENTRY.exec(scanner.rest) ?? [];
    if (first === undefined) throw notAnEntry(scanner);
    if (Number(first) + Number(count) > options.sectorCount) {
      throw scanner.invalid(
        `sector ${Number(first) + Number(count) - 1} is outside the device, which has ${options.sectorCount} sectors`,
      );
    }
    if (Number(count) > 0) sectors.add(Number(first), Number(count), options.tag);
  }
  return sectors;
}

function notAnEntry(scanner: LineScanner): RemapError {
  return scanner.invalid(`'${scanner.rest.slice(0, 80)}' is not a line of mdadm --examine-badblocks`);
}
