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

/** Which inode is named where: 24 bytes for each name, which itself stays on disk. */
export class NameStore {
  #count = 0;
  #children = new Uint32Array(FIRST_CAPACITY);
  #directories = new Uint32Array(FIRST_CAPACITY);
  #places = new Float64Array(FIRST_CAPACITY);
  /** The next entry of those whose inodes share a slot. */
  #next = new Uint32Array(FIRST_CAPACITY);
  #slots = new Uint32Array(FIRST_CAPACITY).fill(NONE);

  add(child: number, directory: number, at: number): void {
    if (this.#count === this.#children.length) this.#grow();
    const entry = this.#count++;
    this.#children[entry] = child;
    this.#directories[entry] = directory;
    this.#places[entry] = at;
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

  #grow(): void {
    const capacity = this.#children.length * 2;
    this.#children = enlarged(this.#children, new Uint32Array(capacity));
    this.#directories = enlarged(this.#directories, new Uint32Array(capacity));
    this.#places = enlarged(this.#places, new Float64Array(capacity));
    this.#next = new Uint32Array(capacity);
    this.#slots = new Uint32Array(capacity).fill(NONE);
    for (let entry = 0; entry < this.#count; entry++) this.#link(entry);
  }
}

function enlarged<Numbers extends Uint32Array | Float64Array>(old: Numbers, larger: Numbers): Numbers {
  larger.set(old);
  return larger;
}
