import type { SectorRange } from '../../errors';
import type { Allocation, Doubt, WalkOptions } from '../volumeContracts';
import { TYPE } from './attribute';
import { doubtOf, gatherAttributes } from './attributeList';
import { type AttributeStream, joinStreams, readStream } from './attributeStream';
import { bitRuns } from './bits';
import type { Mft } from './mft';
import { runIndexAt } from './runList';

const BITMAP_RECORD = 6;
const BAD_CLUSTERS_RECORD = 8;
const PIECE_BYTES = 65_536;
/** What is read of a piece that can't be read whole. */
const SMALL_PIECE_BYTES = 512;

/** What a run of sectors is used for, as far as it can be known. */
export interface UsageRun {
  readonly range: SectorRange;
  readonly usage: 'used' | 'free' | 'unknown';
}

/** $Bitmap and $BadClus: which clusters are used, free, bad. */
export class ClusterBitmap {
  readonly #mft: Mft;
  readonly #bitmap: AttributeStream | Doubt;
  readonly #bad: AttributeStream | null;

  private constructor(mft: Mft, bitmap: AttributeStream | Doubt, bad: AttributeStream | null) {
    this.#mft = mft;
    this.#bitmap = bitmap;
    this.#bad = bad;
  }

  /** Finds both; what can't be read of them makes the answers doubts. */
  static async open(mft: Mft): Promise<ClusterBitmap> {
    const bitmap = await streamOf(mft, BITMAP_RECORD, '');
    const bad = await streamOf(mft, BAD_CLUSTERS_RECORD, '$Bad');
    const leastBytes = Math.ceil(mft.geometry.clusterCount / 8);
    const isShort = 'runs' in bitmap && (bitmap.sizes?.size ?? leastBytes) < leastBytes;
    const tooShort: Doubt = {
      reason: '$Bitmap is shorter than the volume',
      ranges: mft.rangesOf(BITMAP_RECORD),
    };
    return new ClusterBitmap(mft, isShort ? tooShort : bitmap, 'runs' in bad ? bad : null);
  }

  /** What is said of a cluster. */
  async allocationOf(cluster: number): Promise<Allocation> {
    if ('reason' in this.#bitmap) return this.#bitmap;
    if (this.#isBad(cluster)) return 'bad';
    try {
      const [byte] = await readStream(this.#bitmap, this.#mft, Math.floor(cluster / 8), 1, '$Bitmap');
      return ((byte! >> (cluster % 8)) & 1) === 1 ? 'used' : 'free';
    } catch (error) {
      return doubtOf(error);
    }
  }

  /** The clusters that are on the disk: a damaged boot sector may promise more than any disk has. */
  get clustersThere(): number {
    const { clusterCount, clusterSectors } = this.#mft.geometry;
    return Math.min(clusterCount, Math.ceil(this.#mft.reader.sectorCount / clusterSectors));
  }

  /** The runs of clusters on the disk that are used, free or unknown, as sectors: ascending, without gaps, and merged. */
  async *usage({ signal, progress }: WalkOptions): AsyncGenerator<UsageRun> {
    const { clusterSectors } = this.#mft.geometry;
    const clusterCount = this.clustersThere;
    let last: UsageRun | undefined;
    for (let first = 0; first < clusterCount; first += PIECE_BYTES * 8) {
      signal?.throwIfAborted();
      progress?.(first / clusterCount);
      for (const [cluster, count, usage] of await this.#piece(
        first,
        Math.min(PIECE_BYTES * 8, clusterCount - first),
      )) {
        const sectorCount = count * clusterSectors;
        if (last?.usage === usage) {
          last = { usage, range: [last.range[0], last.range[1] + sectorCount] };
          continue;
        }
        if (last) yield last;
        last = { usage, range: [cluster * clusterSectors, sectorCount] };
      }
    }
    if (last) yield last;
  }

  #isBad(cluster: number): boolean {
    const runs = this.#bad?.runs ?? [];
    const run = runs[runIndexAt(runs, cluster)];
    // $Bad maps each cluster of the volume that is bad to itself.
    return run !== undefined && run.vcn <= cluster && run.lcn === run.vcn;
  }

  async #piece(
    first: number,
    count: number,
  ): Promise<[cluster: number, count: number, usage: UsageRun['usage']][]> {
    if ('reason' in this.#bitmap) return [[first, count, 'unknown']];
    try {
      const bytes = await readStream(this.#bitmap, this.#mft, first / 8, Math.ceil(count / 8), '$Bitmap');
      return [...bitRuns(bytes, count)].map((run) => [
        first + run.first,
        run.count,
        run.isSet ? 'used' : 'free',
      ]);
    } catch (error) {
      doubtOf(error);
      const small = SMALL_PIECE_BYTES * 8;
      if (count <= small) return [[first, count, 'unknown']];
      const pieces: [number, number, UsageRun['usage']][] = [];
      for (let done = 0; done < count; done += small)
        pieces.push(...(await this.#piece(first + done, Math.min(small, count - done))));
      return pieces;
    }
  }
}

async function streamOf(mft: Mft, number: number, name: string): Promise<AttributeStream | Doubt> {
  try {
    const record = await mft.record(number);
    const { attributes } = await gatherAttributes(record, mft);
    const streams = record.inUse && !record.base ? joinStreams(attributes, mft.geometry) : [];
    const found = streams.find((stream) => stream.type === TYPE.data && stream.name === name);
    return found ?? mft.torn(number).doubt;
  } catch (error) {
    return doubtOf(error);
  }
}
