import type { SectorRange } from '../../errors';
import type { WalkOptions } from '../volumeContracts';
import type { ExtBlocks } from './extBlocks';
import { bitOf, type GroupBitmaps } from './groupBitmaps';

type Usage = 'used' | 'free' | 'unknown';

/** A run of sectors of one usage. */
export interface UsageRun {
  readonly range: SectorRange;
  readonly usage: Usage;
}

/** The runs of a whole file system by its block bitmaps, ascending, without gaps; neighbours differ. */
export async function* usageOf(
  blocks: ExtBlocks,
  bitmaps: GroupBitmaps,
  sectorCount: number,
  { signal, progress }: WalkOptions,
): AsyncGenerator<UsageRun> {
  let start = 0;
  let current: Usage = 'used';
  for await (const [block, usage] of changes(blocks, bitmaps, signal, progress)) {
    const end = Math.min(block * blocks.sectorsPerBlock, sectorCount);
    if (usage === current || end <= start) {
      if (end <= start) current = usage;
      continue;
    }
    yield { range: [start, end - start], usage: current };
    start = end;
    current = usage;
  }
  if (start < sectorCount) yield { range: [start, sectorCount - start], usage: current };
}

/** The blocks at which another usage may begin. What lies before the first group is used. */
async function* changes(
  { layout, superblock }: ExtBlocks,
  bitmaps: GroupBitmaps,
  signal?: AbortSignal,
  progress?: (done: number) => void,
): AsyncGenerator<[block: number, usage: Usage]> {
  const { groupCount, blocksPerCluster } = superblock;
  for (let group = 0; group < groupCount; group++) {
    signal?.throwIfAborted();
    progress?.(group / groupCount);
    const first = layout.firstBlockOf(group);
    const bits = await bitmaps.ofClusters(group);
    if (!(bits instanceof Uint8Array)) {
      yield [first, 'unknown'];
      continue;
    }
    const clusters = Math.ceil(layout.blockCountOf(group) / blocksPerCluster);
    for (let cluster = 0; cluster < clusters; cluster++)
      if (cluster === 0 || bitOf(bits, cluster) !== bitOf(bits, cluster - 1))
        yield [first + cluster * blocksPerCluster, bitOf(bits, cluster) ? 'used' : 'free'];
  }
}
