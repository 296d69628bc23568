import { SECTOR_SIZE } from '../block/blockDevice';
import { MAX_FAILURE_COUNT, tagOfFault } from '../block/mediumFault';
import { RangeSet } from '../block/rangeSet';
import { isDustMessage } from '../dmsetup/dustMessages';
import { type BlockListOptions, BlockUnit } from './blockList';
import { LineScanner } from './lineScanner';

/**
 * Reads the bad blocks out of a script of dm-dust messages: lines like `dmsetup message dust1 0 addbadblock 60 3`, or just
 * `addbadblock 60 3`; `removebadblock` and `clearbadblocks` take effect too. Other lines and messages are skipped. Shell
 * variables are not expanded: a block given by one is an error. Sectors get the `dust` mode, and a block that is added
 * twice keeps its first write fail count.
 *
 * @throws RemapError `EINVAL` with `details.path` and `details.line`
 */
export function parseDustScript(bytes: Uint8Array, options: Omit<BlockListOptions, 'tag'>): RangeSet {
  const scanner = new LineScanner(bytes, options.path);
  const blocks = new BlockUnit(options);
  const sectors = new RangeSet();
  while (scanner.nextLine()) {
    for (const message of messagesOf(scanner.text)) obey(message, sectors, blocks, scanner);
  }
  return sectors;
}

/** The dm-dust messages of a line, each as its words, the first in lower case. */
function messagesOf(line: string): string[][] {
  const commands = line
    .replace(/(^|\s)#.*/, '')
    .replace(/["']/g, ' ')
    .split(/;|&&/);
  return commands.flatMap((command) => {
    const words = command.split(/\s+/).filter((word) => word !== '');
    const target = words.indexOf('message');
    const start = target >= 0 ? target + 3 : words.findIndex(isDustMessage);
    const [name, ...rest] = start >= 0 ? words.slice(start) : [];
    return name !== undefined && isDustMessage(name) ? [[name.toLowerCase(), ...rest]] : [];
  });
}

function obey([name, ...words]: string[], sectors: RangeSet, blocks: BlockUnit, scanner: LineScanner): void {
  if (name === 'clearbadblocks') sectors.clear();
  if (name !== 'addbadblock' && name !== 'removebadblock') return;
  const [block, writeFailures = 0] = words.map((word) => numberOf(word, scanner));
  if (block === undefined || words.length > (name === 'addbadblock' ? 2 : 1)) {
    throw scanner.invalid(
      `${name} needs a block${name === 'addbadblock' ? ' and may have a write fail count' : ''}`,
    );
  }
  if (writeFailures > MAX_FAILURE_COUNT) throw scanner.invalid('the write fail count is at most 255');
  const [first, count] = blocks.sectorsOf(block, scanner);
  if (name === 'removebadblock') sectors.remove(first, count);
  else if (!sectors.has(first)) sectors.add(first, count, tagOfFault({ mode: 'dust', writeFailures }));
}

function numberOf(word: string, scanner: LineScanner): number {
  if (/^\d{1,15}$/.test(word)) return Number(word);
  throw scanner.invalid(`'${word}' is not a decimal number`);
}

/** The blocks of dm-dust are sectors unless its table says otherwise. */
export const DUST_BLOCK_SIZE = SECTOR_SIZE;
