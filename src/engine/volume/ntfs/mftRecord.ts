import { type Attribute, parseAttributes } from './attribute';
import type { Geometry } from './bootSector';
import { applyFixups } from './fixups';
import { u16, u32, u48 } from './littleEndian';

/** A reference to a record: a number, and which use of the number is meant. */
export interface Reference {
  readonly record: number;
  readonly sequence: number;
}

/** A record of the MFT that is whole. */
export interface MftRecord {
  readonly number: number;
  readonly sequence: number;
  readonly inUse: boolean;
  readonly isDirectory: boolean;
  /** The record that this one extends; null for a file's own, the base record. */
  readonly base: Reference | null;
  readonly attributes: readonly Attribute[];
  /** False when attributes after the given ones are damaged. */
  readonly isWhole: boolean;
}

/** `FILE` */
const SIGNATURE = 0x454c_4946;
const HEAD_BYTES = 0x2a;
const IN_USE = 1;
const DIRECTORY = 2;
/** From this offset of the fixups on, a record has its number. */
const FIXUPS_AFTER_NUMBER = 0x30;

export function parseReference(bytes: Uint8Array, at: number): Reference {
  return { record: u48(bytes, at), sequence: u16(bytes, at + 6) };
}

/**
 * Reads a record and undoes its fixups in place. A record that isn't in use is given without attributes.
 * @returns null for bytes that are no record, a torn one, or another's
 */
export function parseRecord(bytes: Uint8Array, number: number, geometry: Geometry): MftRecord | null {
  if (u32(bytes, 0) !== SIGNATURE || !applyFixups(bytes)) return null;
  if (u16(bytes, 4) >= FIXUPS_AFTER_NUMBER && u32(bytes, 0x2c) !== number % 2 ** 32) return null;
  const first = u16(bytes, 0x14);
  const used = u32(bytes, 0x18);
  const flags = u16(bytes, 0x16);
  const sequence = u16(bytes, 0x10);
  const inUse = (flags & IN_USE) !== 0;
  const isDirectory = (flags & DIRECTORY) !== 0;
  const base = isZero(bytes, 0x20) ? null : parseReference(bytes, 0x20);
  if (!inUse) return { number, sequence, inUse, isDirectory, base, attributes: [], isWhole: true };
  if (first < HEAD_BYTES || first % 8 !== 0 || used > bytes.length) return null;
  const { attributes, isWhole } = parseAttributes(bytes, first, used, geometry);
  return { number, sequence, inUse, isDirectory, base, attributes, isWhole };
}

function isZero(bytes: Uint8Array, at: number): boolean {
  return u32(bytes, at) === 0 && u32(bytes, at + 4) === 0;
}
