import { resolve } from 'node:path';
import { isDeviceFile } from '../contract/deviceFile';
import { parseRanges, parseSector, parseSize } from '../contract/typedInput';
import { RemapError, type SectorRange } from '../engine';
import { type Given, UsageError } from './commandLine';

/*
 * Arguments as values in the form that callers in code give them. What a value may be is for the readers of
 * `contract/commandArguments.ts` to say.
 */

/** The device file that an operand names, absolute. @throws UsageError for another kind of file */
export function deviceFile(given: Given, text: string): string {
  if (isDeviceFile(text)) return resolve(text);
  throw new UsageError(`${JSON.stringify(text)} is no .remap file`, given.verb);
}

/** The value of an option as a text; undefined: it isn't given. */
export function textOption({ options }: Given, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

/** A file that an option names, absolute. */
export function pathOption(given: Given, name: string): string | undefined {
  const value = textOption(given, name);
  if (value === '') throw new UsageError(`--${name} is empty`, given.verb);
  return value === undefined ? undefined : resolve(value);
}

/** A number, of which a reader says whether it will do. */
export function numberOption(given: Given, name: string): number | undefined {
  const value = textOption(given, name);
  if (value === undefined) return undefined;
  if (/^\d+(\.\d+)?$/.test(value)) return Number(value);
  throw new UsageError(`--${name} takes a number, not ${JSON.stringify(value)}`, given.verb);
}

/** A size in sectors, which may have a unit. */
export function sizeOption(given: Given, name: string): number | undefined {
  const value = textOption(given, name);
  return value === undefined ? undefined : parseSize(value);
}

/** Ranges of sectors; the device says whether it has them. */
export function rangesOption(given: Given, name: string): SectorRange[] | undefined {
  const value = textOption(given, name);
  return value === undefined ? undefined : parseRanges(value, Number.MAX_SAFE_INTEGER);
}

/** Single sectors, at most as many as one device has markers for. */
export function sectorsOption(given: Given, name: string): number[] | undefined {
  const ranges = rangesOption(given, name);
  return ranges && sectorsIn(ranges, `--${name}`, given.verb);
}

function sectorsIn(ranges: readonly SectorRange[], what: string, verb: Given['verb']): number[] {
  const count = ranges.reduce((sum, [, size]) => sum + size, 0);
  if (count > MAX_LISTED) throw new UsageError(`${what} names more than ${MAX_LISTED} sectors`, verb);
  return ranges.flatMap(([first, size]) => Array.from({ length: size }, (_, i) => first + i));
}

/** The sector that an operand names; the device says whether it has it. */
export function sectorOperand(text: string): number {
  return parseSector(text, Number.MAX_SAFE_INTEGER);
}

/** The sectors that all operands but the first name; each may be a range. */
export function sectorOperands({ operands: [, ...texts], verb }: Given): number[] {
  const ranges = texts.flatMap((each) => parseRanges(each, Number.MAX_SAFE_INTEGER));
  return sectorsIn(ranges, 'the command', verb);
}

const MAX_LISTED = 1_000_000;

/** Options in the form that callers in code give them, once their reader has taken them. @throws RemapError `EINVAL` */
export function checked<T>(read: (value: unknown) => unknown, value: T): T {
  read(value);
  return value;
}

/** Takes what the readers of arguments refuse for a wrong argument. @throws UsageError */
export function usage<T>(given: Given, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof RemapError && error.code === 'EINVAL')
      throw new UsageError(error.message, given.verb);
    throw error;
  }
}
