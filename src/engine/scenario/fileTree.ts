import { join } from 'node:path';
import { type Random, randomInteger } from '../block/random';
import { doors } from '../outside/doors';
import type { ScenarioBench } from './bench';
import type { MountedDevice } from './mountedDevice';
import { linesOf, outputOf } from './programs';

const FOLDERS = 16;
const FILES = 12;
const MAX_WORDS = 6000;
const WORDS = ['sector', 'spare', 'main', 'remap', 'flush', 'commit', 'entry', 'medium', 'block', 'read'];

/** Derives an object from each source, and a library from those of each folder, as a build does. */
const BUILD = `
for folder in "$1"/*/; do
  for source in "$folder"*.txt; do gzip -nc "$source" > "$source.gz"; done
  cat "$folder"*.gz > "$folder"library
done`;

/** The checksum of each file, in the order of their names. */
const SUMS = 'cd "$1" && find . -type f | LC_ALL=C sort | xargs -r sha256sum';

/** A tree of files outside of the device, and what becomes of it in a build: what the tree on the device must be like. */
export class ReferenceTree {
  private constructor(
    readonly folder: string,
    /** The sources, packed. */
    readonly archive: string,
    /** A line for each file of the built tree. */
    readonly sums: readonly string[],
  ) {}

  /** Makes sources that the seed decides, packs them, and builds them. */
  static async make({ folder: base, signal }: ScenarioBench, random: Random): Promise<ReferenceTree> {
    const folder = join(base, 'tree');
    for (let i = 0; i < FOLDERS; i++) {
      await doors.files.mkdir(join(folder, `folder-${i}`), { recursive: true });
      for (let j = 0; j < FILES; j++)
        await doors.files.writeFile(join(folder, `folder-${i}`, `source-${j}.txt`), sourceText(random));
    }
    const archive = join(base, 'tree.tar');
    await outputOf('tar', ['-C', folder, '-cf', archive, '.'], { signal });
    await outputOf('sh', ['-euc', BUILD, 'sh', folder], { signal });
    const sums = linesOf(await outputOf('sh', ['-euc', SUMS, 'sh', folder], { signal }));
    return new ReferenceTree(folder, archive, sums);
  }

  /** Unpacks and builds the tree on the device, and waits until it is durable there. */
  async buildOn(mounted: MountedDevice, name: string): Promise<void> {
    const target = join(mounted.root, name);
    await mounted.run('mkdir', [target]);
    await mounted.run('tar', ['-C', target, '-xf', this.archive]);
    await mounted.run('sh', ['-euc', BUILD, 'sh', target]);
    await mounted.run('sync', ['--file-system', mounted.root]);
  }

  /** The files of a tree on the device that are missing, can't be read or have other bytes. */
  async differencesOn(mounted: MountedDevice, name: string): Promise<string[]> {
    const target = join(mounted.root, name);
    const { stdout } = await mounted.shellEnd('cd "$2" && find . -type f | xargs -r sha256sum', target);
    const found = new Set(linesOf(stdout));
    return this.sums.filter((line) => !found.has(line)).map(fileOf);
  }

  /** The checksum of one of its files. */
  sumOf(file: string): string | undefined {
    return this.sums.find((line) => fileOf(line) === `./${file}`)?.split(' ')[0];
  }
}

/** The file in a line of `sha256sum`. */
function fileOf(line: string): string {
  return line.slice(line.indexOf('  ') + 2);
}

function sourceText(random: Random): string {
  const words = Array.from({ length: 1 + randomInteger(random, MAX_WORDS) }, () => {
    return `${WORDS[randomInteger(random, WORDS.length)]}${randomInteger(random, 1000)}`;
  });
  return `${words.join(' ')}\n`;
}
