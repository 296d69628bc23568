/**
 * How a structure on a disk is described: as data, without code, so that a description can also come from a file. All
 * places are byte offsets from the start of the structure, which is the start of a sector.
 */
export interface StructureDescription {
  readonly name: string;
  /** How many bytes it takes. The structure is shown for every sector of these. */
  readonly byteCount: number;
  readonly order: ByteOrder;
  /** What all must hold of the bytes of such a structure. */
  readonly where: readonly Condition[];
  /** True if it is told only by what other structures have too: one of those at the same place is meant then. */
  readonly isVague?: boolean;
  /** The first one whose condition holds is checked. */
  readonly checksums?: readonly ChecksumDescription[];
  readonly fields: readonly (FieldDescription | GroupDescription)[];
  /** Lists of records that it leads to, which may lie elsewhere. */
  readonly lists?: readonly ListDescription[];
}

export type ByteOrder = 'little' | 'big';
export type NumberType = 'u8' | 'u16' | 'u24' | 'u32' | 'u48' | 'u64' | 'i8' | 'i16' | 'i32' | 'i64';

/** Where a number is. */
export interface NumberPlace {
  readonly at: number;
  readonly type: NumberType;
  /** If it isn't the structure's own. */
  readonly order?: ByteOrder;
}

/** A number, or what a number in the structure says: `plus` and `times` that number. */
export type Measure = number | (NumberPlace & { readonly times?: number; readonly plus?: number });

/** What must hold of the bytes at a place, or one of several such things. */
export type Condition =
  | { readonly at: number; readonly hex: string }
  | (NumberPlace & {
      readonly min?: number;
      readonly max?: number;
      readonly oneOf?: readonly number[];
      /** Bits of which one must be set. */
      readonly bits?: number;
      /** One of 1, 2, 4, 8 and so on. */
      readonly isPower?: boolean;
    })
  | { readonly any: readonly Condition[] };

interface Named {
  readonly name: string;
  readonly at: number;
}

export type FieldDescription = Named &
  (NumberField | BytesField | TimeField) & {
    /** What the field is for, where its name doesn't say it. */
    readonly meaning?: string;
  };

interface NumberField extends NumberPlace {
  /** What numbers mean. */
  readonly values?: Readonly<Record<string, string>>;
  /** What bits mean, by the bit's value. */
  readonly flags?: Readonly<Record<string, string>>;
  /** The number says how many bits this one is shifted to the left. */
  readonly shifted?: number;
  /** What is counted. */
  readonly unit?: string;
  /** In hexadecimal digits alone. */
  readonly isHex?: boolean;
  /** In octal digits, as permissions are written. */
  readonly isOctal?: boolean;
  /** Only that many bits from one on count, from the lowest, which is 0. */
  readonly bits?: readonly [from: number, count: number];
  readonly link?: LinkDescription;
}

/** The number is a place. 0 leads nowhere. */
export interface LinkDescription {
  /** The bytes of one unit that the number counts. */
  readonly times: number;
  /** So many bytes more. */
  readonly plus?: number;
  /** What it counts from: the start of the disk, or of the structure (in a list, of the record). */
  readonly from?: 'disk' | 'structure';
  /** True if it leads somewhere only from a structure in the first sector of the disk. */
  readonly isFromStart?: boolean;
  /** On which image, for a spare that is shown with its device; by default on the same one. */
  readonly of?: 'device' | 'spare';
  /** Which spare of a pool, from 0. */
  readonly member?: NumberPlace;
}

interface BytesField {
  /** `guid`: with its first three parts in little endian; `uuid`: in the order of its text. */
  readonly type: 'text' | 'utf16' | 'bytes' | 'guid' | 'uuid';
  readonly byteCount: number;
  /** What a GUID or UUID means. */
  readonly values?: Readonly<Record<string, string>>;
}

interface TimeField {
  /** Seconds since 1970 in 32, 40 or 64 bits, or nanoseconds in 64. */
  readonly type: 'time32' | 'time40' | 'time64' | 'timeNs';
}

/** Fields that belong together; their places count from the group's. Shown only where `when` holds. */
export interface GroupDescription extends Named {
  readonly byteCount: number;
  readonly when?: readonly Condition[];
  /** So many of them follow each other; a number that the structure says counts as far as they are within it. */
  readonly count?: Measure;
  /** The names of the fields whose values sum it up. */
  readonly summary?: readonly string[];
  readonly fields: readonly FieldDescription[];
}

/** One of many structures of a kind, which has no mark of its own: where it is makes it one. */
export interface RecordDescription {
  readonly name: string;
  readonly byteCount: number;
  readonly order: ByteOrder;
  readonly fields: readonly FieldDescription[];
  /** The names of the fields whose values sum it up. */
  readonly summary: readonly string[];
  /** Holds of one that is not in use. */
  readonly unused?: readonly Condition[];
}

/** Records one after the other, or a chain in which each says where the next one is. */
export interface ListDescription {
  /** What the records are called together. */
  readonly title: string;
  /** The number of the first one. */
  readonly first: number;
  readonly record: RecordDescription;
  /** Where structures with such a list are, in sectors; those below 0 count from the end of the disk. */
  readonly headerSectors: readonly number[];
  /** So many sectors around the header are looked at; all, if left out. */
  readonly reach?: number;
  /** Where the first one is, in bytes from the structure or from the start of the disk. */
  readonly start: Measure;
  readonly isFromDisk?: boolean;
  readonly size: Measure;
  readonly count: Measure;
  /** In a chain, each record is followed by that many units of `size`, unless a condition holds. */
  readonly chain?: { readonly followedBy: NumberPlace; readonly unless: readonly Condition[] };
}

export interface ChecksumDescription {
  /** The place of the sum; as `u32`, or, of `sha256`, as bytes. */
  readonly at: number;
  readonly order?: ByteOrder;
  /** `sum32`: all words of four bytes, with the carry; `exfat`: rotate and add. */
  readonly kind: 'crc32' | 'crc32c' | 'sha256' | 'sum32' | 'exfat';
  /** What a CRC begins with, by default all ones. */
  readonly seed?: number;
  /** True if a CRC is not inverted at its end. */
  readonly isPlain?: boolean;
  /** It is about the bytes from here on. */
  readonly from: number;
  /** Up to here. */
  readonly to: Measure;
  /** Bytes that count as zeros: the sum itself. */
  readonly zeroed?: readonly (readonly [at: number, byteCount: number])[];
  /** Bytes that don't count. */
  readonly skipped?: readonly number[];
  readonly when?: readonly Condition[];
}
