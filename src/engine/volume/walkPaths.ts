import type { Doubt, FileRecord, FileSystem } from './volumeContracts';

/** A file or folder with one of its paths. */
interface WalkedPath {
  readonly path: string;
  readonly kind: FileRecord['kind'];
}

/** Deeper folders are a loop. */
const MAX_DEPTH = 256;

/**
 * All files and folders below the root by their names, folder by folder; a file with two names comes twice, a folder once.
 * Takes memory for the folders. Ends with the signal's reason once it is aborted.
 * @param onDoubt is told what can't be read: more may be there
 */
export async function* walkPaths(
  fileSystem: FileSystem,
  onDoubt: (doubt: Doubt) => void,
  signal?: AbortSignal,
): AsyncGenerator<WalkedPath> {
  const seen = new Set([fileSystem.root]);
  let folders = [{ id: fileSystem.root, path: '' }];
  for (let depth = 0; folders.length > 0 && depth < MAX_DEPTH; depth++) {
    const next: typeof folders = [];
    for (const folder of folders) {
      signal?.throwIfAborted();
      for await (const child of fileSystem.children(folder.id, onDoubt)) {
        const path = `${folder.path}/${child.name}`;
        yield { path, kind: child.kind };
        if (child.kind !== 'dir' || seen.has(child.id)) continue;
        seen.add(child.id);
        next.push({ id: child.id, path });
      }
    }
    folders = next;
  }
}
