import path, { type PlatformPath } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a system reads paths. */
export interface PathRules {
  readonly path: PlatformPath;
  /** Whether names that differ in case alone, or in how a letter's accent is encoded, are names of one file. */
  readonly isCaseBlind: boolean;
}

/** The rules of Windows: drives, both slashes, shares. */
export const windowsPaths: PathRules = { path: path.win32, isCaseBlind: true };
/** The rules of macOS. */
export const macPaths: PathRules = { path: path.posix, isCaseBlind: true };
/** The rules of Linux. */
export const linuxPaths: PathRules = { path: path.posix, isCaseBlind: false };

const ownPaths = { win32: windowsPaths, darwin: macPaths }[process.platform as string] ?? linuxPaths;

/**
 * One key for all spellings of a path: of drive letters, slashes, dots, shares, and of names where their case doesn't count.
 * Links are not followed. For maps and comparisons; what is opened and shown is the path itself. In a folder that tells
 * cases apart on a system that usually doesn't, two files whose names differ in case alone have one key.
 */
export function pathKey(text: string, { path, isCaseBlind }: PathRules = ownPaths): string {
  const plain = path.sep === '\\' ? withoutDevicePrefix(path.normalize(text)) : path.normalize(text);
  const isRoot = path.parse(plain).root === plain;
  const key = !isRoot && plain.endsWith(path.sep) ? plain.slice(0, -1) : plain;
  return isCaseBlind ? key.normalize('NFC').toLowerCase() : key;
}

/** Whether two paths are spellings of one. */
export function isSamePath(a: string, b: string, rules?: PathRules): boolean {
  return a === b || pathKey(a, rules) === pathKey(b, rules);
}

/** Whether a path leads into a folder. */
export function isInFolder(file: string, folder: string, rules: PathRules = ownPaths): boolean {
  const key = pathKey(folder, rules);
  return pathKey(file, rules).startsWith(key.endsWith(rules.path.sep) ? key : key + rules.path.sep);
}

/**
 * The path that a text means: a path as it is, or that of a `file:` URI in any spelling.
 * @throws TypeError for a `file:` URI that is of no file
 */
export function pathOfText(text: string, { path }: PathRules = ownPaths): string {
  if (!/^file:/i.test(text)) return text;
  return fileURLToPath(text, { windows: path.sep === '\\' });
}

/** Values by paths, one for all spellings of a path. */
export class PathMap<T> {
  readonly #values = new Map<string, { readonly path: string; readonly value: T }>();

  constructor(private readonly rules?: PathRules) {}

  get(path: string): T | undefined {
    return this.#values.get(pathKey(path, this.rules))?.value;
  }

  has(path: string): boolean {
    return this.#values.has(pathKey(path, this.rules));
  }

  /** The spelling of the path that came first, or its own if it isn't there. */
  spellingOf(path: string): string {
    return this.#values.get(pathKey(path, this.rules))?.path ?? path;
  }

  /** Keeps the spelling that came first. */
  set(path: string, value: T): void {
    this.#values.set(pathKey(path, this.rules), { path: this.spellingOf(path), value });
  }

  delete(path: string): void {
    this.#values.delete(pathKey(path, this.rules));
  }

  /** The paths, each as it came first, with their values. */
  *entries(): Generator<[path: string, value: T]> {
    for (const { path, value } of this.#values.values()) yield [path, value];
  }
}

/** `\\?\C:\x` is `C:\x`, and `\\?\UNC\server\share` is `\\server\share`. */
function withoutDevicePrefix(text: string): string {
  if (/^\\\\[?.]\\UNC\\/i.test(text)) return `\\\\${text.slice('\\\\?\\UNC\\'.length)}`;
  return /^\\\\[?.]\\[a-z]:/i.test(text) ? text.slice('\\\\?\\'.length) : text;
}
