import { SECTOR_SIZE } from '../../block/blockDevice';
import type { SectorRange } from '../../errors';
import type { FolderEntry, Space } from '../clusters/folderEntry';
import type { SlotParser } from '../clusters/folderReader';
import type { Doubt } from '../volumeContracts';
import type { VolumeReader } from '../volumeReader';

const SLOT_BYTES = 32;
const IN_USE = 0x80;
/** Of the type of a slot: it belongs to the set of the file slot before it. */
const SECONDARY = 0x40;
const BITMAP = 0x81;
const UPCASE_TABLE = 0x82;
const LABEL = 0x83;
const FILE = 0x85;
const STREAM = 0xc0;
const NAME = 0xc1;
const VENDOR_ALLOCATION = 0xe1;
const FOLDER = 0x10;
const NAME_UNITS = 15;
const MAY_HAVE_CLUSTERS = 1;
const NO_CHAIN = 2;
/** The second bitmap, for the second FAT. */
const SECOND = 1;

/** Makes entries from the slots of an exFAT folder: a file is a set of slots with a checksum over all of them. */
export class ExfatSlotParser implements SlotParser {
  #set: Uint8Array[] = [];
  #places: number[] = [];
  #awaited = 0;

  constructor(
    private readonly reader: VolumeReader,
    private readonly clusterBytes: number,
    /** The bitmap that counts: 0 or 1. */
    private readonly active: number,
    private readonly onDoubt: (doubt: Doubt) => void,
    private readonly onLabel: (label: string) => void,
  ) {}

  take(slot: Uint8Array, byteOffset: number): FolderEntry | 'end' | null {
    const type = slot[0]!;
    if (this.#awaited > 0 && (type & (IN_USE | SECONDARY)) === (IN_USE | SECONDARY)) {
      this.#set.push(slot);
      this.#places.push(byteOffset);
      return this.#set.length === this.#awaited ? this.#file() : null;
    }
    this.#abandon('a set of folder entries is not complete');
    if (type === 0) return 'end';
    if (type === FILE) {
      this.#set = [slot];
      this.#places = [byteOffset];
      this.#awaited = slot[1]! + 1;
      if (this.#awaited < 3) this.#abandon('a set of folder entries is too short');
      return null;
    }
    if (type === LABEL) this.onLabel(labelOf(slot));
    if (type === UPCASE_TABLE) return this.#object(slot, byteOffset, 'upcase');
    if (type !== BITMAP) return null;
    return this.#object(slot, byteOffset, (slot[1]! & SECOND) === this.active ? 'bitmap' : 'inactive-bitmap');
  }

  lose(): void {
    // The gap itself is told with the sectors that were lost.
    this.#forget();
  }

  finish(): void {
    this.#abandon('a set of folder entries is not complete');
  }

  #forget(): void {
    this.#set = [];
    this.#places = [];
    this.#awaited = 0;
  }

  /** What a damaged set says counts as much as what can't be read. */
  #abandon(reason: string): void {
    if (this.#awaited > 0) this.onDoubt({ reason, ranges: this.#ranges() });
    this.#forget();
  }

  #ranges(): SectorRange[] {
    const sectors = new Set(this.#places.map((place) => Math.floor(place / SECTOR_SIZE)));
    return [...sectors].sort((a, b) => a - b).map((sector) => [this.reader.first + sector, 1]);
  }

  #object(slot: Uint8Array, byteOffset: number, what: string): FolderEntry {
    const size = readU64(slot, 0x18);
    return {
      id: byteOffset / SLOT_BYTES,
      kind: 'meta',
      what,
      name: `(${what})`,
      size,
      space: size > 0 ? { at: 'chain', first: readU32(slot, 0x14) } : null,
      doubts: [],
    };
  }

  /** The file of the whole set. */
  #file(): FolderEntry | null {
    const [file, stream, ...more] = this.#set as [Uint8Array, Uint8Array, ...Uint8Array[]];
    if (setChecksum(this.#set) !== (file[2]! | (file[3]! << 8)) || stream[0] !== STREAM) {
      this.#abandon('the checksum of a set of folder entries is wrong');
      return null;
    }
    const id = this.#places[0]! / SLOT_BYTES;
    const here = this.#ranges();
    this.#forget();
    const isFolder = (file[4]! & FOLDER) !== 0;
    const length = readU64(stream, 0x18);
    const space = this.#spaceOf(stream);
    const attached = more
      .filter((slot) => slot[0] === VENDOR_ALLOCATION)
      .flatMap((slot) => this.#spaceOf(slot) ?? [])
      .map((own) => ({ what: 'vendor-allocation', space: own }));
    const isMissing = length > 0 && space === null;
    return {
      id,
      kind: isFolder ? 'dir' : 'file',
      name: nameOf(more, stream[3]!),
      size: isFolder ? null : length,
      ...(!isFolder && { writtenBytes: Math.min(length, readU64(stream, 8)) }),
      space,
      attached,
      doubts: isMissing
        ? [{ reason: 'its entry names no cluster, though it is not empty', ranges: here }]
        : [],
    };
  }

  /** The clusters of a stream or of a vendor's allocation; both say them in the same fields. */
  #spaceOf(slot: Uint8Array): Space | null {
    const first = readU32(slot, 0x14);
    const length = readU64(slot, 0x18);
    const flags = slot[1]!;
    if (first === 0 || !(flags & MAY_HAVE_CLUSTERS)) return null;
    if (!(flags & NO_CHAIN)) return { at: 'chain', first };
    const count = Math.ceil(length / this.clusterBytes);
    return count > 0 ? { at: 'run', first, count } : null;
  }
}

function nameOf(slots: readonly Uint8Array[], length: number): string {
  const units: number[] = [];
  for (const slot of slots) {
    if (slot[0] !== NAME) continue;
    for (let unit = 0; unit < NAME_UNITS; unit++)
      units.push(slot[2 + unit * 2]! | (slot[3 + unit * 2]! << 8));
  }
  const name = String.fromCharCode(...units.slice(0, length));
  return name === '' ? '(no name)' : name.replaceAll('/', '_').replaceAll('\0', '_');
}

function labelOf(slot: Uint8Array): string {
  const length = Math.min(slot[1]!, 11);
  return Buffer.from(slot.subarray(2, 2 + length * 2)).toString('utf16le');
}

/** The checksum over a set of slots, without the field that holds it. */
function setChecksum(set: readonly Uint8Array[]): number {
  let sum = 0;
  for (const [index, slot] of set.entries()) {
    for (let at = 0; at < SLOT_BYTES; at++) {
      if (index === 0 && (at === 2 || at === 3)) continue;
      sum = (((sum << 15) | (sum >> 1)) + slot[at]!) & 0xffff;
    }
  }
  return sum;
}

function readU32(slot: Uint8Array, at: number): number {
  return (slot[at]! | (slot[at + 1]! << 8) | (slot[at + 2]! << 16) | (slot[at + 3]! << 24)) >>> 0;
}

/** Inexact above 2^53, which no volume has: such a value fails every check against the volume's size. */
function readU64(slot: Uint8Array, at: number): number {
  return readU32(slot, at) + readU32(slot, at + 4) * 2 ** 32;
}
