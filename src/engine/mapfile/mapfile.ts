import { formatAnnotations, type MediumAnnotations } from './mediumAnnotations';
import { type BlockStatus, formatPosition, type RescueBlocks, RescueBlocksBuilder } from './rescueBlocks';
import { joinLines } from './textFile';

/** What a rescue was doing last: copying, trimming, scraping, retrying, filling, generating, or it is finished. */
export type RescueStatus = '?' | '*' | '/' | '-' | 'F' | 'G' | '+';

export function isRescueStatus(character: string): character is RescueStatus {
  return character.length === 1 && '?*/-FG+'.includes(character);
}

/** A rescue map: a GNU ddrescue mapfile, with annotations of ours in comments, which ddrescue ignores. Immutable. */
export interface Mapfile extends MediumAnnotations {
  /** The comments above the status line, with their `#`, except those that are written anew each time. */
  readonly header: readonly string[];
  /** Where the rescue was: a byte position. */
  readonly currentPosition: number;
  readonly currentStatus: RescueStatus;
  readonly currentPass: number;
  readonly blocks: RescueBlocks;
  /** Whether a part of it stands at the end of the file as changes, and not in its place. */
  readonly hasAdded?: boolean;
}

export const POSITION_HEADING = '# current_pos  current_status  current_pass';
const BLOCKS_HEADING = '#      pos        size  status';

/** A map of one block; by default it says that every byte was read. */
export function createMapfile(byteLength: number, status: BlockStatus = '+'): Mapfile {
  const blocks = new RescueBlocksBuilder();
  blocks.append(0, byteLength, status);
  return {
    header: ['# Mapfile. Created by Remap Inspector'],
    currentPosition: 0,
    currentStatus: '+',
    currentPass: 1,
    blocks: blocks.build(),
    faults: [],
    injected: [],
    enabled: true,
    quiet: false,
  };
}

/** A mapfile's text in the form ddrescue writes, in pieces. Characters are bytes (Latin-1). */
export function formatMapfile(mapfile: Mapfile): Generator<string> {
  return joinLines(formatLines(mapfile));
}

function* formatLines(mapfile: Mapfile): Generator<string> {
  yield* mapfile.header;
  yield* formatAnnotations(mapfile);
  yield POSITION_HEADING;
  const position = formatPosition(mapfile.currentPosition);
  yield `${position}     ${mapfile.currentStatus}               ${mapfile.currentPass}`;
  yield BLOCKS_HEADING;
  const { blocks } = mapfile;
  const last = blocks.length - 1;
  for (let i = 0; i <= last; i++) {
    const start = blocks.startOf(i);
    const size = i < last ? blocks.endOf(i) - start : blocks.exactEnd - BigInt(start);
    yield `${formatPosition(start)}  ${formatPosition(size)}  ${blocks.statusOf(i)}`;
  }
}
