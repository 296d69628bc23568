/** An entry of which the name can't be shown: it is encrypted, or known only from the ".." of the folder itself. */
export const ENCRYPTED = -1;
export const BY_PARENT_LINK = -2;

const FIRST_CAPACITY = 1024;
const NONE = 0xffffffff;

/** A folder in which an inode is named, and where the entry lies: in bytes of the volume, or why it has no name. */
export interface NamePlace {
  readonly directory: number;
  readonly at: number;
}

/** So many names take 24 MB, however many files there are. */
const DEFAULT_LIMIT = 2 ** 20;

/**
 * Which inode is named where: 23 bytes for each name, which itself stays on disk. Beyond its limit it keeps the names of
 * folders alone: those of a file are then found by looking through all folders again.
 */
export class NameStore {
  #count = 0;
  #isPartial = false;
  #children = new Uint32Array(FIRST_CAPACITY);
  #directories = new Uint32Array(FIRST_CAPACITY);
  #places = new Float64Array(FIRST_CAPACITY);
  /** The next entry of those whose inodes share a slot. */
  #next = new Uint32Array(FIRST_CAPACITY);
  /** Half as many as there may be names: inodes are numbered densely, and so two share a slot. */
  #slots = new Uint32Array(FIRST_CAPACITY / 2).fill(NONE);
  #isFolder = new Uint8Array(FIRST_CAPACITY);

  /** @param limit names that are kept at most; a power of two */
  constructor(private readonly limit = DEFAULT_LIMIT) {}

  /** Whether there were more names than are kept. */
  get isPartial(): boolean {
    return this.#isPartial;
  }

  add(child: number, directory: number, at: number, isFolder: boolean): void {
    if (this.#count === this.limit && !this.#isPartial) this.#keepFolders();
    if (this.#isPartial && (!isFolder || this.#count === this.limit)) return;
    if (this.#count === this.#children.length) this.#grow();
    this.#put(child, directory, at, isFolder);
  }

  #put(child: number, directory: number, at: number, isFolder: boolean): void {
    const entry = this.#count++;
    this.#children[entry] = child;
    this.#directories[entry] = directory;
    this.#places[entry] = at;
    this.#isFolder[entry] = isFolder ? 1 : 0;
    this.#link(entry);
  }

  /** All places of an inode, in the order in which they were added. */
  of(child: number): NamePlace[] {
    const places: NamePlace[] = [];
    for (let entry = this.#slots[this.#slotOf(child)]!; entry !== NONE; entry = this.#next[entry]!)
      if (this.#children[entry] === child)
        places.push({ directory: this.#directories[entry]!, at: this.#places[entry]! });
    return places.reverse();
  }

  #slotOf(child: number): number {
    return child & (this.#slots.length - 1);
  }

  #link(entry: number): void {
    const slot = this.#slotOf(this.#children[entry]!);
    this.#next[entry] = this.#slots[slot]!;
    this.#slots[slot] = entry;
  }

  #keepFolders(): void {
    this.#isPartial = true;
    const count = this.#count;
    this.#count = 0;
    this.#slots.fill(NONE);
    for (let entry = 0; entry < count; entry++)
      if (this.#isFolder[entry])
        this.#put(this.#children[entry]!, this.#directories[entry]!, this.#places[entry]!, true);
  }

  #grow(): void {
    const capacity = this.#children.length * 2;
    this.#children = enlarged(this.#children, new Uint32Array(capacity));
    this.#directories = enlarged(this.#directories, new Uint32Array(capacity));
    this.#places = enlarged(this.#places, new Float64Array(capacity));
    this.#isFolder = enlarged(this.#isFolder, new Uint8Array(capacity));
    this.#next = new Uint32Array(capacity);
    this.#slots = new Uint32Array(capacity / 2).fill(NONE);
    for (let entry = 0; entry < this.#count; entry++) this.#link(entry);
  }
}

function enlarged<Numbers extends Uint8Array | Uint32Array | Float64Array>(
  old: Numbers,
  larger: Numbers,
): Numbers {
  larger.set(old);
  return larger;
}
