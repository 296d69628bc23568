import { type Mutation, volume } from './mutation';

const ntfs = (file: string): string => volume(`ntfs/${file}`);

/** Defects of what is said of NTFS volumes. */
export const NTFS_MUTATIONS: readonly Mutation[] = [
  {
    name: 'NTFS: a torn record is believed',
    file: ntfs('fixups'),
    in: 'applyFixups',
    changes: [['if (u16($$$) !== mark) return false', '{}']],
    suite: 'volume',
  },
  {
    name: 'NTFS: a run at cluster 0 counts as a hole',
    file: ntfs('runList'),
    in: 'decodeRuns',
    changes: [['offsetSize > 0', 'offsetSize > 0 && bytes[at + 1 + lengthSize] !== 0']],
    suite: 'volume',
  },
  {
    name: 'NTFS: offsets of runs have no sign',
    file: ntfs('runList'),
    in: 'signed',
    changes: [['bytes[at + size - 1]! < 128', 'true']],
    suite: 'volume',
  },
  {
    name: 'NTFS: a run may lie beyond the volume',
    file: ntfs('runList'),
    in: 'decodeRuns',
    changes: [['!(lcn >= 0 && lcn + clusterCount <= volumeClusters)', '!(lcn >= 0)']],
    suite: 'volume',
  },
  {
    name: 'NTFS: runs need not cover the clusters that their record tells',
    file: ntfs('attribute'),
    in: 'spansAsToldBy',
    changes: [['told === clusterCount', 'told >= 0']],
    suite: 'volume',
  },
  {
    name: 'NTFS: an extension record of another use of its base is taken',
    file: ntfs('attributeList'),
    in: 'extendsRecord',
    changes: [['record.base.sequence === base.sequence', 'true']],
    suite: 'volume',
  },
  {
    name: 'NTFS: a file whose list lies in part beyond reach has no doubts',
    file: ntfs('attributeList'),
    in: 'gatherAttributes',
    changes: [['doubts.push(mismatch($$$))', '{}']],
    suite: 'volume',
  },
  {
    name: 'NTFS: two records that claim the same part of a file are both believed',
    file: ntfs('attributeStream'),
    in: 'joinStream',
    changes: [['overlap(segments) ? [] : segments', 'segments']],
    suite: 'volume',
  },
  {
    name: 'NTFS: an unreadable record in use counts as unused',
    file: ntfs('walk'),
    in: 'BadRecords.#isUnused',
    changes: [['if (!bitmap) return false;', 'if (!bitmap) return true;']],
    suite: 'volume',
  },
  {
    name: 'NTFS: parts in the extension records of an unreadable record are lost',
    file: ntfs('walk'),
    in: 'walkRecords',
    changes: [['if (doubts) yield* orphanPieces($$$)', '']],
    suite: 'volume',
  },
  {
    name: 'NTFS: a compressed unit that lacks clusters counts as stored plainly',
    file: ntfs('fileParts'),
    in: 'packedParts',
    changes: [['clusters === unitClusters', 'clusters <= unitClusters']],
    suite: 'volume',
  },
  {
    name: 'NTFS: what was never written counts as written',
    file: ntfs('fileParts'),
    in: 'initialisedSectors',
    changes: [['sizes.initialised >= sizes.size', 'true']],
    suite: 'volume',
  },
  {
    name: 'NTFS: a folder that has become another names its former files',
    file: ntfs('paths'),
    in: 'Paths.#folderPath',
    changes: [['step.sequence !== reference.sequence', 'false']],
    suite: 'volume',
  },
  {
    name: 'NTFS: index blocks that are not in use are read',
    file: ntfs('folderIndex'),
    in: 'entriesOfBlocks',
    changes: [['if (!(await isUsed(block))) continue;', '']],
    suite: 'volume',
  },
  {
    name: 'NTFS: a backup boot sector that leads to no $MFT is believed',
    file: ntfs('openNtfs'),
    in: 'openNtfs',
    changes: [['if (!candidate.isBackup) lost = $VALUE;', 'lost = $VALUE;']],
    suite: 'volume',
  },
  {
    name: 'NTFS: where a part of $MFT is not known, its sectors are said to be of no structure',
    file: ntfs('ntfsFileSystem'),
    in: 'NtfsFileSystem.structureAt',
    changes: [['if (doubt) throw new UnreadableError(doubt);', '']],
    suite: 'volume',
  },
];
