import type { FileSystem, OpenFile } from '../../../src/engine/outside/fileSystem';

/** An open file, some of whose calls are others. */
export function wrapFile(file: OpenFile, changed: Partial<OpenFile>): OpenFile {
  return new Proxy(file, {
    get: (target, name) => {
      const value = Reflect.get(name in changed ? changed : target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

/** A file system whose open files pass through a function. */
export function wrapOpen(
  files: FileSystem,
  wrap: (file: OpenFile, path: string) => OpenFile,
): FileSystem['open'] {
  return async (path, flags, mode) => wrap(await files.open(path, flags, mode), path);
}
