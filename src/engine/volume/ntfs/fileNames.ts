import { type Attribute, isResident, TYPE } from './attribute';
import { u16, u32, utf16 } from './littleEndian';
import { parseReference, type Reference } from './mftRecord';

/** A name of a file, and the folder that it is in. */
export interface FileName {
  readonly parent: Reference;
  readonly name: string;
  /** A short name of DOS, which stands beside a long one. */
  readonly isShort: boolean;
  /** True for a folder. */
  readonly isDirectory: boolean;
}

const NAME_AT = 0x42;
const SHORT = 2;
const FOLDER_FLAG = 0x1000_0000;

/** Reads the value of a $FILE_NAME; null when it makes no sense. */
export function parseFileName(value: Uint8Array): FileName | null {
  if (value.length < NAME_AT) return null;
  const units = value[0x40]!;
  if (units === 0 || NAME_AT + units * 2 > value.length) return null;
  const name = utf16(value, NAME_AT, units);
  return {
    parent: parseReference(value, 0),
    name: isPossible(name) ? name : '(a name that cannot be)',
    isShort: value[0x41] === SHORT,
    isDirectory: (u32(value, 0x38) & FOLDER_FLAG) !== 0,
  };
}

/** A name with a slash or a zero would read as another path. */
function isPossible(name: string): boolean {
  return !name.includes('/') && !name.includes('\0');
}

/** The names of a file; a short one only where its folder has no other of it. */
export function namesOf(attributes: readonly Attribute[]): FileName[] {
  const names = attributes.flatMap((attribute) => {
    const isName = attribute.type === TYPE.fileName && isResident(attribute);
    const name = isName ? parseFileName(attribute.value) : null;
    return name ? [name] : [];
  });
  return names.filter(
    (name) =>
      !name.isShort || !names.some((other) => !other.isShort && other.parent.record === name.parent.record),
  );
}

/** True for a reparse point of a file that Windows keeps compressed in a stream of its own. */
export function isWindowsOverlay(attributes: readonly Attribute[]): boolean {
  return attributes.some(
    (attribute) =>
      attribute.type === TYPE.reparsePoint &&
      isResident(attribute) &&
      attribute.value.length >= 4 &&
      u16(attribute.value, 0) === 0x17 &&
      u16(attribute.value, 2) === 0x8000,
  );
}
