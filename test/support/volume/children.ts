import type { FileSystem } from '../../../src/engine/volume/volumeContracts';
import type { FileSystemFacts } from './fileSystemFacts';

export interface Children {
  /** With their records. */
  readonly names: ReadonlySet<string>;
  readonly doubts: number;
}

/** What each folder that there is lists. */
export async function childrenIn(
  fileSystem: FileSystem,
  { records }: FileSystemFacts,
): Promise<Map<number, Children>> {
  const folders = new Map<number, Children>();
  for (const { id, kind } of records.values()) {
    if (kind !== 'dir') continue;
    const names = new Set<string>();
    let doubts = 0;
    const onDoubt = (): void => {
      doubts++;
    };
    for await (const child of fileSystem.children(id, onDoubt))
      names.add(`${child.name} ${child.kind} ${child.id}`);
    folders.set(id, { names, doubts });
  }
  return folders;
}

/** What a listing has that isn't true, or lacks without a doubt that says so. */
export function unlisted(
  truth: ReadonlyMap<number, Children>,
  said: ReadonlyMap<number, Children>,
): string[] {
  const wrong: string[] = [];
  for (const [folder, { names, doubts }] of said) {
    const known = truth.get(folder)!.names;
    const withoutName = new Set(Array.from(known, withoutNameOf));
    for (const name of names) {
      // A name that can't be known stands in brackets.
      const isKnown = name.startsWith('(') ? withoutName.has(withoutNameOf(name)) : known.has(name);
      if (!isKnown) wrong.push(`folder ${folder} has ${name}`);
    }
    if (names.size < known.size && doubts === 0) wrong.push(`folder ${folder} lacks names`);
  }
  return wrong;
}

/** The kind and the number of a child. */
function withoutNameOf(child: string): string {
  return child.split(' ').slice(-2).join(' ');
}
