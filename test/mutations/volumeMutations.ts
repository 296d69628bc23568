import { device, type Mutation, volume } from './mutation';

/** Defects of what is said of file systems: an answer that is wrong, where `unknown` is right. */
export const VOLUME_MUTATIONS: readonly Mutation[] = [
  {
    name: 'volumes: a sector in use that no file claims is no file’s, though a map can’t be read',
    file: volume('owner'),
    in: 'OwnerRules.owner',
    changes: [['$COUNT === 0', 'true']],
    suite: 'volume',
  },
  {
    name: 'volumes: a layout that can’t be told is no reason for doubt',
    file: volume('owner'),
    in: 'OwnerRules.owner',
    changes: [['placed ? 1 : 0', '0']],
    suite: 'volume',
  },
  {
    name: 'volumes: that two files claim a sector isn’t said',
    file: volume('owner'),
    in: 'OwnerRules.#claimed',
    changes: [['reasons.push(MANY_CLAIMS)', 'undefined']],
    suite: 'volume',
  },
  {
    name: 'volumes: what is past a file’s size counts as its contents',
    file: volume('owner'),
    in: 'OwnerRules.#claim',
    changes: [['$OFFSET >= $SIZE', 'false']],
    suite: 'volume',
  },
  {
    name: 'volumes: runs that overlap hide each other',
    file: volume('claimChunk'),
    in: 'ClaimChunk.sort',
    changes: [['reachOf($SECTORS, $ENDS)', 'null']],
    suite: 'volume',
  },
  {
    name: 'volumes: an unreadable sector of a long structure isn’t told',
    file: volume('volumeReader'),
    in: 'VolumeReader.whatCanBeRead',
    changes: [['{ bytes: $BYTES, unreadable: bad }', '{ bytes: $BYTES, unreadable: [] }']],
    suite: 'volume',
  },
  {
    name: 'volumes: the entries of a GPT are taken without their checksum',
    file: volume('gpt'),
    in: 'entriesOf',
    changes: [['crc32($BYTES) === $CRC', 'true']],
    suite: 'volume',
  },
  {
    name: 'volumes: the backup of a GPT that is no more counts',
    file: volume('gpt'),
    in: 'readGpt',
    changes: [['!trustsBackup', 'false']],
    suite: 'volume',
  },
  {
    name: 'volumes: slack counts as lost',
    file: volume('damagedFiles'),
    in: 'DamagedFiles.#lost',
    changes: [['Math.min($WHOLE, $REST)', '$WHOLE']],
    suite: 'volume',
  },
  {
    name: 'volumes: space of which nothing is known is left out of the domain',
    file: volume('domainMap'),
    in: 'usedSpace',
    changes: [["$USAGE !== 'free'", "$USAGE === 'used'"]],
    suite: 'volume',
  },
  {
    name: 'R15: looking for volumes moves sectors that only a retry can read',
    file: device('volumeTarget'),
    in: 'volumeTargetOf',
    changes: [['device.read($AT, $COUNT, options)', 'device.read($AT, $COUNT, { from, member })']],
    suite: 'device',
  },
];
