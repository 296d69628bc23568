import { type Mutation, volume } from './mutation';

/** Defects of the readers of FAT and exFAT. */
export const CLUSTER_MUTATIONS: readonly Mutation[] = [
  {
    name: 'FAT: a cluster after the last one exists',
    file: volume('clusters/clusterHeap'),
    in: 'ClusterHeap.contains',
    changes: [['cluster < this.clusterCount + 2', 'cluster < this.clusterCount + 3']],
    suite: 'volume',
  },
  {
    name: 'FAT: an entry that can’t be read says that its cluster is free',
    file: volume('clusters/allocationTable'),
    in: 'AllocationTable.entryNow',
    changes: [['return UNREADABLE_ENTRY', 'return 0']],
    suite: 'volume',
  },
  {
    name: 'FAT: a copy that is not kept up stands in for the one that counts',
    file: volume('fat/fatFileSystem'),
    in: 'tableCopies',
    changes: [['activeTable !== null', 'false']],
    suite: 'volume',
  },
  {
    name: 'FAT: what is left after the end of a folder is believed, once the end is lost',
    file: volume('clusters/folderReader'),
    in: 'judged',
    changes: [['cleanEnd && (await fitsVolume(format.volume, entry))', 'true']],
    suite: 'volume',
  },
  {
    name: 'FAT: a short name is taken for the whole name, though parts of a long one may be lost',
    file: volume('fat/fatFolder'),
    in: 'FatSlotParser.take',
    changes: [['this.#afterLoss && long === null', 'false']],
    suite: 'volume',
  },
  {
    name: 'FAT: a long name is taken for any file that follows',
    file: volume('fat/fatNames'),
    in: 'LongName.nameOf',
    changes: [['this.#checksum === shortChecksum(short)', 'true']],
    suite: 'volume',
  },
  {
    name: 'FAT: the upper half of a cluster number counts before FAT32',
    file: volume('fat/fatFolder'),
    in: 'firstCluster',
    changes: [['isFat32 ? $WIDE : low', '$WIDE']],
    suite: 'volume',
  },
  {
    name: 'exFAT: a boot region counts, though its checksum is wrong',
    file: volume('exfat/exfatBoot'),
    in: 'bootAt',
    changes: [['bootChecksum($BYTES) === kept', 'true']],
    suite: 'volume',
  },
  {
    name: 'exFAT: a set of folder entries counts, though its checksum is wrong',
    file: volume('exfat/exfatFolder'),
    in: 'ExfatSlotParser.#file',
    changes: [['setChecksum(this.#set) !== $SUM', 'false']],
    suite: 'volume',
  },
  {
    name: 'exFAT: a bit of the bitmap that can’t be read says that its cluster is free',
    file: volume('exfat/exfatBitmap'),
    in: 'ExfatBitmap.stateNow',
    changes: [["return 'unknown'", "return 'free'"]],
    suite: 'volume',
  },
];
