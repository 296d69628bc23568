import { SECTOR_SIZE } from '../block/blockDevice';
import type { SectorRange } from '../errors';
import { type Extras, type ExtrasState, NO_EXTRAS } from './codec/extras';
import { sealFromSums, sumSector, sumSectors } from './codec/sectorSums';
import { STRUCTURE_SECTORS, v4Header } from './codec/v4';
import { readExtras } from './structure';
import type { TableState } from './tableExtents';

/** Runs with fewer sectors between them are written as one: that costs less than a second request. */
const JOIN_SECTORS = 32;

/** The last version number given to a sector of any state in this process. */
let lastVersion = 0;

/**
 * One state of the metadata structure. It never changes once it is made, so copies that hold the same state share it.
 *
 * Each of its sectors has a version number, and two states with the same version of a sector have the same bytes there.
 * So the sectors in which two states differ are found without comparing bytes.
 */
export class MetadataState {
  readonly sequence: bigint;
  /** Equal versions of a sector have equal bytes. */
  readonly #versions: Float64Array;
  #sums: Uint32Array | undefined;

  private constructor(
    /** {@link STRUCTURE_SECTORS} whole sectors. */
    readonly bytes: Uint8Array,
    readonly extrasState: ExtrasState,
    versions: Float64Array,
    sums?: Uint32Array,
  ) {
    this.sequence = v4Header.get(bytes, 'sequence_number');
    this.#versions = versions;
    this.#sums = sums;
  }

  /** Our extras, or none. */
  get extras(): Extras {
    return this.extrasState.kind === 'ours' ? this.extrasState.extras : NO_EXTRAS;
  }

  /** The large table that this state names. */
  get table(): TableState {
    return this.extras.table;
  }

  /**
   * The state that a copy holds.
   * @param like a state that it probably has most sectors in common with
   */
  static of(bytes: Uint8Array, like?: MetadataState): MetadataState {
    const versions = new Float64Array(STRUCTURE_SECTORS).fill(++lastVersion);
    for (let sector = 0; like && sector < STRUCTURE_SECTORS; sector++) {
      if (isSameSector(bytes, like.bytes, sector)) versions[sector] = like.#versions[sector]!;
    }
    return new MetadataState(bytes, readExtras(bytes), versions);
  }

  /**
   * The state that follows this one, sealed.
   * @param bytes a changed copy of this state's bytes; the new state keeps it, so it must not be changed any more
   * @param touched the sectors in which it may differ
   */
  changed(bytes: Uint8Array, touched: Iterable<number>, extrasState: ExtrasState): MetadataState {
    const versions = this.#versions.slice();
    this.#sums ??= sumSectors(this.bytes);
    const sums = this.#sums.slice();
    lastVersion++;
    for (const sector of touched) {
      if (isSameSector(bytes, this.bytes, sector)) continue;
      versions[sector] = lastVersion;
      sums[sector] = sumSector(bytes, sector);
    }
    sealFromSums(bytes, sums);
    // The checksum has changed, and it lies in the first sector.
    versions[0] = lastVersion;
    return new MetadataState(bytes, extrasState, versions, sums);
  }

  /** The runs of sectors to write to a copy that holds `base` so that it holds this state; all if `base` isn't known. */
  runsBeyond(base: MetadataState | undefined): SectorRange[] {
    if (!base) return [[0, STRUCTURE_SECTORS]];
    const runs: [number, number][] = [];
    let last: [number, number] | undefined;
    for (let sector = 0; sector < STRUCTURE_SECTORS; sector++) {
      if (this.#versions[sector] === base.#versions[sector]) continue;
      if (last && sector - (last[0] + last[1]) < JOIN_SECTORS) {
        last[1] = sector + 1 - last[0];
      } else {
        last = [sector, 1];
        runs.push(last);
      }
    }
    return runs;
  }
}

function isSameSector(a: Uint8Array, b: Uint8Array, sector: number): boolean {
  const start = sector * SECTOR_SIZE;
  const end = start + SECTOR_SIZE;
  return Buffer.compare(a.subarray(start, end), b.subarray(start, end)) === 0;
}
