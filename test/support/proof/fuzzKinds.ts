import assert from 'node:assert/strict';
import type { Random } from '../../../src/engine/block/random';
import { randomInteger } from '../../../src/engine/block/random';
import { RangeSet } from '../../../src/engine/block/rangeSet';
import { formatFlakeyTable, parseFlakeyTable } from '../../../src/engine/dmsetup/flakeyTable';
import { parseMessage } from '../../../src/engine/dmsetup/messages';
import { parseStatus } from '../../../src/engine/dmsetup/status';
import { parseBadSectors } from '../../../src/engine/mapfile/badSectorFile';
import { parseBlockList } from '../../../src/engine/mapfile/blockList';
import { parseDustScript } from '../../../src/engine/mapfile/dustScript';
import { formatMapfile } from '../../../src/engine/mapfile/mapfile';
import { blockListText, dustScriptText, mdadmText, tableText } from '../mapfile/listWriters';
import { parseMapfile } from '../mapfile/mapfileText';
import { mutateText } from './mutator';

/** A format that we read: makes nearly valid inputs, and reads them. */
export interface FuzzKind {
  readonly name: string;
  /** How many of a hundred inputs. */
  readonly share: number;
  /** @throws RemapError `EINVAL` for what can't be read */
  read(input: Uint8Array): void;
  specimen(random: Random): Uint8Array;
}

const SECTORS = 4096;
const text = (parts: Iterable<string> | string): Buffer => Buffer.from([...parts].join(''), 'latin1');
const latin = (input: Uint8Array): string => Buffer.from(input).toString('latin1');

function someBadSectors(random: Random): RangeSet {
  const set = new RangeSet();
  for (let runs = randomInteger(random, 12); runs > 0; runs--) {
    set.add(randomInteger(random, SECTORS - 64), 1 + randomInteger(random, 64));
  }
  return set;
}

/** The result of reading an input may not be larger than the input. */
function assertWithin(set: RangeSet, input: Uint8Array): void {
  assert.ok(set.runCount <= input.length, `${set.runCount} runs out of ${input.length} bytes`);
}

const pick = (random: Random, list: readonly string[]): Buffer =>
  text(list[randomInteger(random, list.length)]!);

const STATUS_LINES = [
  '0 204800 dm-remap-v4 v4.0-phase1.4 /dev/mapper/dm-test-linear /dev/loop18 42 0 0 0 0 42 261566 6227 21166194365 512 4294803456 42 42 0 0 1 41 1 0 0 100 0 2 operational real',
  '0 4194304 dm-remap-v4 v4.0-phase1.4 /dev/main /dev/spare 6 0 0 0 1 6 43797 7299 758518518 512 102400 6 6 0 0 4 2 4 0 0 100 0 66 operational real',
];
const FLAKEY_TABLES = [
  '0 1 1 error_reads',
  '5 3 2 error_reads error_writes',
  '0 1 5 corrupt_bio_byte 32 r 255 0',
  '60 10 4 random_write_corrupt 100000000 random_read_corrupt 100000000',
];
const MESSAGES = ['help', 'status', 'clear_stats', 'test_remap 1000 1300', 'test_remap 0x10 0777'];

export const TEXT_KINDS: readonly FuzzKind[] = [
  {
    name: 'mapfiles',
    share: 20,
    specimen: (random) => {
      const mapfile = blockListText(someBadSectors(random), 512)
        .split('\n')
        .filter((line) => line !== '');
      const blocks = mapfile.map((sector) => `0x${(Number(sector) * 512).toString(16)} 0x200 -`);
      return text(`# Mapfile\n0x0 + 1\n${blocks.join('\n')}\n`);
    },
    read: (input) => {
      const mapfile = parseMapfile(input, { path: 'fuzz' });
      assert.ok(mapfile.blocks.length <= input.length);
      const again = text(formatMapfile(mapfile));
      assert.deepEqual(text(formatMapfile(parseMapfile(again, { path: 'again' }))), again);
    },
  },
  {
    name: 'badblocks lists',
    share: 15,
    specimen: (random) => text(blockListText(someBadSectors(random), 512)),
    read: (input) =>
      assertWithin(parseBlockList(input, { path: 'fuzz', sectorCount: SECTORS, blockSize: 512 }), input),
  },
  {
    name: 'dm-dust scripts',
    share: 10,
    specimen: (random) => text(dustScriptText(someBadSectors(random), 'dust1')),
    read: (input) =>
      assertWithin(parseDustScript(input, { path: 'fuzz', sectorCount: SECTORS, blockSize: 512 }), input),
  },
  {
    name: 'lists of unknown format',
    share: 5,
    specimen: (random) => {
      const set = someBadSectors(random);
      const forms = [
        `0 ${SECTORS} dust /dev/x 0 4096\n${dustScriptText(set, 'dust1')}`,
        tableText(set, SECTORS),
        mdadmText(set),
      ];
      return pick(random, forms);
    },
    read: (input) =>
      assertWithin(parseBadSectors(input, { path: 'fuzz', sectorCount: SECTORS }).badSectors, input),
  },
  {
    name: 'flakey tables',
    share: 10,
    specimen: (random) => pick(random, FLAKEY_TABLES),
    read: (input) => {
      const config = parseFlakeyTable(latin(input));
      assert.deepEqual(parseFlakeyTable(formatFlakeyTable(config)), config);
    },
  },
  {
    name: 'status lines',
    share: 30,
    specimen: (random) => pick(random, STATUS_LINES),
    read: (input) => {
      const { warnings } = parseStatus(latin(input));
      assert.ok(warnings.length <= input.length);
    },
  },
  {
    name: 'messages',
    share: 5,
    specimen: (random) => pick(random, MESSAGES),
    read: (input) => void parseMessage(latin(input)),
  },
];

/** An input of a kind: rarely valid, but always close to a valid one. */
export function fuzzInput(kind: FuzzKind, random: Random): Uint8Array {
  return mutateText(kind.specimen(random), random);
}
