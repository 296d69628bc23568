import { MAX_FAILURE_COUNT, tagOfFault } from '../block/mediumFault';
import { RangeSet } from '../block/rangeSet';
import { DUST_BLOCK_SIZE, isDustMessage } from '../dmsetup/dustMessages';
import { BlockUnit } from './blockList';
import { DustTables, decimalOf } from './dustTables';
import { LineScanner } from './lineScanner';

/** What a script may be asked for. */
export interface DustScriptOptions {
  /** The file's name, for errors. */
  readonly path: string;
  /** Bytes of a block where the script holds no table that says it; absent: a sector. */
  readonly blockSize?: number | undefined;
  /** Refuses a block that isn't wholly inside a device of this size. */
  readonly sectorCount?: number;
}

/** A message in a script. */
interface Message {
  /** The device that it goes to; undefined: the line doesn't say. */
  readonly device: string | undefined;
  /** The first in lower case. */
  readonly words: readonly string[];
}

/**
 * Reads the bad blocks out of a script of dm-dust messages: lines like `dmsetup message dust1 0 addbadblock 60 3`, or
 * just `addbadblock 60 3`; `removebadblock` and `clearbadblocks` take effect too. The size of the blocks, and which
 * sector block 0 is, are those of the table line that the script gives the device (`0 131072 dust /dev/vdb1 0 4096`).
 * Other lines and messages are skipped. Shell variables are not expanded: a number given by one is an error. Sectors
 * get the `dust` mode, and a block that is added twice keeps its first write fail count.
 *
 * @throws RemapError `EINVAL` with `details.path` and `details.line`
 */
export function parseDustScript(bytes: Uint8Array, options: DustScriptOptions): RangeSet {
  const scanner = new LineScanner(bytes, options.path);
  const blocks = new BlockUnit({ ...options, blockSize: options.blockSize ?? DUST_BLOCK_SIZE });
  const tables = new DustTables(options, scanner);
  const sectors = new RangeSet();
  while (scanner.nextLine()) {
    for (const command of commandsOf(scanner.text)) {
      const message = messageOf(command);
      if (message) obey(message.words, sectors, tables.unitOf(message.device) ?? blocks, scanner);
      else tables.read(command);
    }
  }
  return sectors;
}

/** The commands of a line, each as its words, without quotes and comments. */
function commandsOf(line: string): string[][] {
  const commands = line
    .replace(/(^|\s)#.*/, '')
    .replace(/["']/g, ' ')
    .split(/;|&&/);
  return commands.map((command) => command.split(/\s+/).filter((word) => word !== ''));
}

function messageOf(words: readonly string[]): Message | undefined {
  const target = words.indexOf('message');
  const start = target >= 0 ? target + 3 : words.findIndex(isDustMessage);
  const [name, ...rest] = start >= 0 ? words.slice(start) : [];
  if (name === undefined || !isDustMessage(name)) return undefined;
  return { device: target >= 0 ? words[target + 1] : undefined, words: [name.toLowerCase(), ...rest] };
}

function obey(
  [name, ...words]: readonly string[],
  sectors: RangeSet,
  blocks: BlockUnit,
  scanner: LineScanner,
): void {
  if (name === 'clearbadblocks') sectors.clear();
  if (name !== 'addbadblock' && name !== 'removebadblock') return;
  const [block, writeFailures = 0] = words.map((word) => decimalOf(word, scanner));
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
