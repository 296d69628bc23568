import promises from 'node:fs/promises';

/** The functions by which a file's content, or what is known of it, is read. */
const READING = ['open', 'readFile', 'stat', 'lstat', 'readdir', 'access', 'realpath'] as const;

/** The paths in a folder that this process asks the file system for from now on: the extension runs in it too. */
export function watchOpens(folder: string): string[] {
  const seen: string[] = [];
  const functions = promises as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of READING) {
    const original = functions[name]!;
    functions[name] = (...args) => {
      if (String(args[0]).startsWith(folder)) seen.push(String(args[0]));
      return original.apply(promises, args);
    };
  }
  return seen;
}
