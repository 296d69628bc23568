import type { FolderEntry } from '../clusters/folderEntry';
import type { SlotParser } from '../clusters/folderReader';
import type { VolumeReader } from '../volumeReader';
import { LongName, needsCodePage, pageText, shortName } from './fatNames';

const SLOT_BYTES = 32;
const DELETED = 0xe5;
const LONG_NAME = 0x0f;
const LABEL = 0x08;
const FOLDER = 0x10;

/** Makes entries from the slots of a folder of FAT12, FAT16 or FAT32. */
export class FatSlotParser implements SlotParser {
  readonly #long = new LongName();
  /** Slots were lost just before: a part of the next long name may be among them. */
  #afterLoss = false;

  constructor(
    private readonly isFat32: boolean,
    private readonly reader: VolumeReader,
    private readonly onCodePage: () => void,
  ) {}

  take(slot: Uint8Array, byteOffset: number): FolderEntry | 'end' | null {
    const first = slot[0]!;
    if (first === 0) return 'end';
    const attributes = slot[0x0b]!;
    if (first !== DELETED && (attributes & 0x3f) === LONG_NAME) {
      this.#long.take(slot);
      return null;
    }
    const long = first === DELETED ? null : this.#long.nameOf(slot);
    const mayBeLonger = this.#afterLoss && long === null;
    this.#long.forget();
    this.#afterLoss = false;
    if (first === DELETED || attributes & LABEL || isDots(slot)) return null;
    const short = shortName(slot);
    if (long === null && needsCodePage(slot)) this.onCodePage();
    const name = long ?? (mayBeLonger ? `(unknown name; short name ${short})` : short);
    return this.#entry(slot, byteOffset, name.replaceAll('/', '_'));
  }

  lose(): void {
    this.#long.forget();
    this.#afterLoss = true;
  }

  finish(): void {}

  #entry(slot: Uint8Array, byteOffset: number, name: string): FolderEntry {
    const isFolder = (slot[0x0b]! & FOLDER) !== 0;
    const first = firstCluster(slot, this.isFat32);
    const size = isFolder ? null : readU32(slot, 0x1c);
    const here: [number, number][] = [[this.reader.first + Math.floor(byteOffset / 512), 1]];
    const hasNone = first === 0 && size !== 0;
    return {
      id: byteOffset / SLOT_BYTES,
      kind: isFolder ? 'dir' : 'file',
      name: name === '' ? '(no name)' : name,
      size,
      space: first === 0 ? null : { at: 'chain', first },
      doubts: hasNone ? [{ reason: 'its entry names no cluster, though it is not empty', ranges: here }] : [],
    };
  }
}

/** The label that a slot holds, or null when it holds another thing. */
export function labelIn(slot: Uint8Array): string | null {
  const attributes = slot[0x0b]!;
  if (slot[0] === 0 || slot[0] === DELETED || (attributes & 0x3f) === LONG_NAME) return null;
  if (!(attributes & LABEL)) return null;
  return pageText(slot, 0, 11);
}

/** The cluster that a slot names; the upper half is another field before FAT32. */
export function firstCluster(slot: Uint8Array, isFat32: boolean): number {
  const low = slot[0x1a]! | (slot[0x1b]! << 8);
  return isFat32 ? low + ((slot[0x14]! | (slot[0x15]! << 8)) & 0x0fff) * 0x10000 : low;
}

/** Whether a slot is `.` or `..`, the folder itself or the one that has it. */
export function isDots(slot: Uint8Array): boolean {
  if (slot[0] !== 0x2e) return false;
  const from = slot[1] === 0x2e ? 2 : 1;
  for (let at = from; at < 11; at++) if (slot[at] !== 0x20) return false;
  return true;
}

function readU32(slot: Uint8Array, at: number): number {
  return (slot[at]! | (slot[at + 1]! << 8) | (slot[at + 2]! << 16) | (slot[at + 3]! << 24)) >>> 0;
}
