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
}

export type ByteOrder = 'little' | 'big';
export type NumberType = 'u8' | 'u16' | 'u32' | 'u64' | 'i8' | 'i32';

/** Where a number is. */
export interface NumberPlace {
  readonly at: number;
  readonly type: NumberType;
  /** If it isn't the structure's own. */
  readonly order?: ByteOrder;
}

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

export type FieldDescription = Named & (NumberField | BytesField | TimeField);

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
}

interface BytesField {
  /** `guid`: with its first three parts in little endian; `uuid`: in the order of its text. */
  readonly type: 'text' | 'bytes' | 'guid' | 'uuid';
  readonly byteCount: number;
}

interface TimeField {
  /** Seconds since 1970 in 32, 40 or 64 bits. */
  readonly type: 'time32' | 'time40' | 'time64';
}

/** Fields that belong together; their places count from the group's. Shown only where `when` holds. */
export interface GroupDescription extends Named {
  readonly byteCount: number;
  readonly when?: readonly Condition[];
  /** So many of them follow each other. */
  readonly count?: number;
  readonly fields: readonly FieldDescription[];
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
  /** Up to here, or to what a number in the structure says: `plus` and `times` that number. */
  readonly to: number | (NumberPlace & { readonly times?: number; readonly plus?: number });
  /** Bytes that count as zeros: the sum itself. */
  readonly zeroed?: readonly (readonly [at: number, byteCount: number])[];
  /** Bytes that don't count. */
  readonly skipped?: readonly number[];
  readonly when?: readonly Condition[];
}
