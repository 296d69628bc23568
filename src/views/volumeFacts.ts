import type { DamagedFile, DamageReport, RemappedFile } from '../engine';

/** What is known of a file or folder, and of all that is below it. */
export interface PathFacts {
  /** What is lost of itself; of a file of NTFS each stream by itself. */
  readonly damaged: readonly DamagedFile[];
  /** How many of its own sectors a spare serves. */
  readonly remappedSectors: number;
  /** How many files below it are damaged, and how many have remapped sectors. */
  readonly damagedBelow: number;
  readonly remappedBelow: number;
}

interface Counts {
  damaged: number;
  remapped: number;
}

const NOTHING: readonly DamagedFile[] = [];

/** What is lost and what is remapped of the files of one volume, by their paths. */
export class VolumeFacts {
  readonly damagedFiles: readonly DamagedFile[];
  readonly #damaged = new Map<string, DamagedFile[]>();
  readonly #remapped = new Map<string, RemappedFile>();
  readonly #below = new Map<string, Counts>();

  constructor(volume: number, damage: DamageReport | null, remapped: readonly RemappedFile[]) {
    this.damagedFiles = damage?.files.filter((file) => file.volume === volume) ?? NOTHING;
    for (const file of this.damagedFiles) {
      for (const path of pathsOf(file)) {
        const known = this.#damaged.get(path);
        if (known) known.push(file);
        else this.#damaged.set(path, [file]);
      }
      this.#countAbove(file, 'damaged');
    }
    for (const file of remapped.filter((each) => each.volume === volume)) {
      for (const path of pathsOf(file)) this.#remapped.set(path, file);
      this.#countAbove(file, 'remapped');
    }
  }

  /** @param path of a file or folder, from the root of its volume */
  of(path: string): PathFacts {
    const below = this.#below.get(path);
    return {
      damaged: this.#damaged.get(path) ?? NOTHING,
      remappedSectors: this.#remapped.get(path)?.sectorCount ?? 0,
      damagedBelow: below?.damaged ?? 0,
      remappedBelow: below?.remapped ?? 0,
    };
  }

  /** All files of which something is known, by each of their paths: no other is damaged or has remapped sectors. */
  *known(): Generator<{ readonly path: string; readonly kind: DamagedFile['kind'] }> {
    for (const [path, [file]] of this.#damaged) yield { path, kind: file!.kind };
    for (const [path, { kind }] of this.#remapped) if (!this.#damaged.has(path)) yield { path, kind };
  }

  /** Counts a file once in each folder above one of its names. */
  #countAbove(file: Named, what: keyof Counts): void {
    const folders = new Set<string>();
    for (const path of pathsOf(file))
      for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1))
        folders.add(path.slice(0, end));
    for (const folder of folders) {
      const counts = this.#below.get(folder) ?? { damaged: 0, remapped: 0 };
      counts[what] += 1;
      this.#below.set(folder, counts);
    }
  }
}

type Named = Pick<DamagedFile, 'path' | 'otherPaths'>;

function pathsOf({ path, otherPaths = [] }: Named): readonly string[] {
  return [path, ...otherPaths];
}
