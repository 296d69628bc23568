import { SECTOR_SIZE } from '../block/blockDevice';
import type { MediumEditor } from '../block/mediumEditor';
import { MAX_FAILURE_COUNT } from '../block/mediumFault';
import { RemapError } from '../errors';

/** The answer to a message. */
export interface DustReply {
  /** What `dmsetup message` prints; empty where the kernel returns nothing. */
  readonly reply: string;
  /** What the kernel logs, with its prefix; absent where it logs nothing. */
  readonly log?: string;
}

/** Bytes of a block in the messages that a device hears: a sector. */
export const DUST_BLOCK_SIZE = SECTOR_SIZE;

const LOG_PREFIX = 'device-mapper: dust: ';

/** The most bad sectors that are listed: the list of a whole disk would not fit in memory. */
const MAX_LISTED = 1_000_000;

type Handler = (layer: MediumEditor, block: number, writeFailures: number) => DustReply;

const HANDLERS: ReadonlyMap<
  string,
  { readonly argumentCounts: readonly number[]; readonly handle: Handler }
> = new Map([
  ['addbadblock', { argumentCounts: [1, 2], handle: addBadBlock }],
  ['removebadblock', { argumentCounts: [1], handle: removeBadBlock }],
  ['queryblock', { argumentCounts: [1], handle: queryBlock }],
  ['countbadblocks', { argumentCounts: [0], handle: countBadBlocks }],
  ['clearbadblocks', { argumentCounts: [0], handle: clearBadBlocks }],
  ['listbadblocks', { argumentCounts: [0], handle: listBadBlocks }],
  ['enable', { argumentCounts: [0], handle: enable }],
  ['disable', { argumentCounts: [0], handle: disable }],
  ['quiet', { argumentCounts: [0], handle: toggleQuiet }],
]);

/** Whether a message's first word is one of dm-dust's. */
export function isDustMessage(word: string): boolean {
  return HANDLERS.has(word.toLowerCase());
}

const QUESTIONS: ReadonlySet<string> = new Set(['queryblock', 'countbadblocks', 'listbadblocks']);

/** Whether a message of dm-dust, by its first word, changes the medium; the others only ask about it. */
export function changesMedium(word: string): boolean {
  return !QUESTIONS.has(word.toLowerCase());
}

/** Whether a message asks for the list of bad blocks. */
export function isListing([word = '']: readonly string[]): boolean {
  return word.toLowerCase() === 'listbadblocks';
}

/**
 * Carries out a dm-dust message (version 1.0.0) on a medium that is edited, with blocks of one sector:
 * `addbadblock <block> [<write fail count>]`, `removebadblock`, `queryblock`, `countbadblocks`, `clearbadblocks`,
 * `listbadblocks`, `enable`, `disable`, `quiet`; names in any case. All of them see every bad sector, `error` ones
 * too; what `addbadblock` adds is a `dust` one.
 *
 * Different from the kernel:
 * - a medium is enabled from the start, since its bad sectors were made bad on purpose;
 * - block == size is out of range (the kernel compares with `>`);
 * - blocks count from the start of the medium, also where another target lies above it;
 * - a name that isn't known is reported as such even when its argument isn't a number, and a block that isn't a number
 *   has a text (the kernel is silent);
 * - errors have their text also in quiet mode; only the log of additions and removals is silent then;
 * - a list of more than a million blocks is refused.
 *
 * @throws RemapError `EINVAL`, its message `dust: ` and the kernel's text
 */
export function handleDustMessage(layer: MediumEditor, argv: readonly string[]): DustReply {
  const [word = '', ...rest] = argv;
  if (argv.length === 0 || argv.length > 3) throw invalid(`invalid number of arguments '${argv.length}'`);
  const message = HANDLERS.get(word.toLowerCase());
  if (!message?.argumentCounts.includes(rest.length)) {
    const needsMore = message !== undefined && rest.length === 0;
    throw invalid(
      needsMore ? `${word} requires an additional argument` : `unrecognized message '${word}' received`,
    );
  }
  const [block, writeFailures = 0] = rest.map(parseNumber);
  if (writeFailures > MAX_FAILURE_COUNT) throw invalid('selected write fail count out of range');
  if (block !== undefined && block >= layer.sectorCount) throw invalid('selected block value out of range');
  return message.handle(layer, block ?? 0, writeFailures);
}

/** The kernel's log line for a block that a write took off the list. */
export function dustHealed(block: number): string {
  return `${LOG_PREFIX}block ${block} removed from badblocklist by write`;
}

function addBadBlock(layer: MediumEditor, block: number, writeFailures: number): DustReply {
  if (layer.badSectors.has(block)) throw invalid(`dust_add_block: block ${block} already in badblocklist`);
  layer.inject([[block, 1]], { mode: 'dust', writeFailures });
  const log = `dust_add_block: badblock added at block ${block} with write fail count ${writeFailures}`;
  return logged(layer, log);
}

function removeBadBlock(layer: MediumEditor, block: number): DustReply {
  if (!layer.badSectors.has(block)) {
    throw invalid(`dust_remove_block: block ${block} not found in badblocklist`);
  }
  layer.removeBad([[block, 1]]);
  return logged(layer, `dust_remove_block: badblock removed at block ${block}`);
}

function queryBlock(layer: MediumEditor, block: number): DustReply {
  const found = layer.badSectors.has(block) ? 'found' : 'not found';
  return { reply: `dust_query_block: block ${block} ${found} in badblocklist` };
}

function countBadBlocks(layer: MediumEditor): DustReply {
  return { reply: `countbadblocks: ${layer.badSectors.sectorCount} badblock(s) found` };
}

function clearBadBlocks(layer: MediumEditor): DustReply {
  const cleared = layer.badSectors.sectorCount > 0;
  layer.removeBad(layer.badSectors);
  return { reply: `dust_clear_badblocks: ${cleared ? 'badblocks cleared' : 'no badblocks found'}` };
}

function listBadBlocks(layer: MediumEditor): DustReply {
  const { badSectors } = layer;
  if (badSectors.sectorCount === 0) return { reply: 'No blocks in badblocklist' };
  if (badSectors.sectorCount > MAX_LISTED) {
    throw invalid(`listbadblocks: ${badSectors.sectorCount} badblocks are too many to list`);
  }
  let reply = '';
  for (const [first, count] of badSectors) {
    for (let block = first; block < first + count; block++) reply += `${block}\n`;
  }
  return { reply };
}

function enable(layer: MediumEditor): DustReply {
  layer.enabled = true;
  return { reply: '', log: `${LOG_PREFIX}enabling read failures on bad sectors` };
}

function disable(layer: MediumEditor): DustReply {
  layer.enabled = false;
  return { reply: '', log: `${LOG_PREFIX}disabling read failures on bad sectors` };
}

function toggleQuiet(layer: MediumEditor): DustReply {
  layer.quiet = !layer.quiet;
  return { reply: '' };
}

function logged(layer: MediumEditor, text: string): DustReply {
  return layer.quiet ? { reply: '' } : { reply: '', log: LOG_PREFIX + text };
}

function parseNumber(word: string): number {
  if (!/^\d+$/.test(word)) throw invalid(`'${word}' is not a decimal number`);
  return Number(word);
}

function invalid(text: string): RemapError {
  return new RemapError('EINVAL', `dust: ${text}`, { target: 'dust' });
}
