import { isAbsolute, resolve } from 'node:path';
import { RemapError, type SectorRange } from '../engine';
import { pathOfText } from './pathKey';
import { isObject, isWhole } from './typeGuards';

/** Checks a value that a caller in code gives under a name. @throws RemapError `EINVAL`, with the name */
export type Reader<T> = (value: unknown, name: string) => T;

/** The options of a command, as a caller in code gives them; an error says which one is wrong by its name. */
export class Options {
  readonly #values: Readonly<Record<string, unknown>>;

  /** @param value undefined stands for no options @throws RemapError `EINVAL` when it is no object */
  constructor(value: unknown) {
    if (value !== undefined && !isObject(value)) {
      throw invalid(`the options of a command are an object, not ${show(value)}`);
    }
    this.#values = { ...value };
  }

  /** @throws RemapError `EINVAL` when the option is absent or wrong */
  required<T>(name: string, read: Reader<T>): T {
    if (this.#values[name] === undefined) throw invalid(`"${name}" is missing`);
    return read(this.#values[name], name);
  }

  /** Undefined when the option is absent. @throws RemapError `EINVAL` when it is wrong */
  optional<T>(name: string, read: Reader<T>): T | undefined {
    return this.#values[name] === undefined ? undefined : read(this.#values[name], name);
  }
}

/** A string. */
export const text: Reader<string> = (value, name) => {
  if (typeof value === 'string') return value;
  throw invalid(`"${name}" must be a text, not ${show(value)}`);
};

/** True or false. */
export const flag: Reader<boolean> = (value, name) => {
  if (typeof value === 'boolean') return value;
  throw invalid(`"${name}" must be true or false, not ${show(value)}`);
};

/** A sector, a count or a seed: a whole number, 0 or more. */
export const whole: Reader<number> = (value, name) => {
  if (isWhole(value)) return value;
  throw invalid(`"${name}" must be a whole number, 0 or more, not ${show(value)}`);
};

/** A count of at least one. */
export const count: Reader<number> = (value, name) => {
  if (whole(value, name) > 0) return value as number;
  throw invalid(`"${name}" must be at least 1`);
};

/** A duration in seconds. */
export const seconds: Reader<number> = (value, name) => {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) return value;
  throw invalid(`"${name}" must be a number of seconds, 0 or more, not ${show(value)}`);
};

/** One of the given strings. */
export function oneOf<T extends string>(...choices: readonly T[]): Reader<T> {
  return (value, name) => {
    const found = choices.find((choice) => choice === value);
    if (found !== undefined) return found;
    throw invalid(`"${name}" must be one of ${choices.join(', ')}, not ${show(value)}`);
  };
}

/** A list of names, at least one. */
export const nameList: Reader<string[]> = (value, name) => {
  if (Array.isArray(value) && value.length > 0) return value.map((each) => text(each, name));
  throw invalid(`"${name}" must be a list of names, not ${show(value)}`);
};

/** A list of sectors; it may be empty. */
export const sectorList: Reader<number[]> = (value, name) => {
  if (Array.isArray(value)) return value.map((each) => whole(each, name));
  throw invalid(`"${name}" must be a list of sectors, not ${show(value)}`);
};

/** A list of ranges, `[[first, count], …]`; it may be empty. */
export const rangeList: Reader<SectorRange[]> = (value, name) => {
  const isRange = (each: unknown): each is [unknown, unknown] => Array.isArray(each) && each.length === 2;
  if (Array.isArray(value) && value.every(isRange)) {
    return value.map(([first, size]) => [whole(first, name), count(size, name)]);
  }
  throw invalid(`"${name}" must be a list of ranges [first, count], not ${show(value)}`);
};

/** Bytes as base64, with its padding and nothing between. */
export const base64: Reader<Uint8Array> = (value, name) => {
  const bytes = Buffer.from(text(value, name), 'base64');
  if (bytes.toString('base64') === value) return bytes;
  throw invalid(`"${name}" is not base64`);
};

/**
 * The path that a caller in code means: absolute, relative to the folder, a `file:` URI, or a Uri of VS Code.
 * @param folder where relative paths start from; undefined: they are refused
 */
export function pathFrom(folder: string | undefined): Reader<string> {
  return (value, name) => {
    if (isObject(value) && typeof value.fsPath === 'string') return value.fsPath;
    if (typeof value !== 'string' || value.trim() === '') throw invalid(`"${name}" must be a path`);
    const path = pathOfText(value);
    if (path !== value || isAbsolute(path)) return path;
    if (folder !== undefined) return resolve(folder, path);
    throw invalid(`"${name}" is relative (${value}), and no folder is open for it to start from`);
  };
}

function invalid(message: string): RemapError {
  return new RemapError('EINVAL', message);
}

/** A value as an error message shows it: as JSON, cut after 40 characters. */
function show(value: unknown): string {
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 40 ? `${json.slice(0, 40)}…` : json;
}
