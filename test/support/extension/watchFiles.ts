import promises from 'node:fs/promises';

/** The functions by which a file's content, or what is known of it, is read. */
const READING = ['open', 'readFile', 'stat', 'lstat', 'readdir', 'access', 'realpath'] as const;

/**
 * The paths in a folder that code from another folder asks the file system for from now on. Other extensions run in the same
 * process, and look at the workspace too.
 */
export function watchFiles(folder: string, codeFolder: string): string[] {
  const asked: string[] = [];
  const functions = promises as unknown as Record<string, (...args: unknown[]) => unknown>;
  for (const name of READING) {
    const original = functions[name]!;
    functions[name] = (...args) => {
      const isOurs = new Error().stack?.includes(codeFolder) === true;
      if (isOurs && String(args[0]).startsWith(folder)) asked.push(`${name} ${args[0]}`);
      return original.apply(promises, args);
    };
  }
  return asked;
}
