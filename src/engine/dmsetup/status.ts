import { RemapError } from '../errors';
import { escapeWord, isU64, narrow, parseU64, splitLine, type U64, unescapeWord } from './tableWords';

/**
 * Which version's texts: those of dm-remap v4.0.3, or of its newest commit. They differ in field 17 of the status line, in
 * the table line, where v4.0.3 repeats the target's name, and in the prefixes of the log.
 */
export type Dialect = 'v4.0.3' | 'head';

/** The target's registered name, the same in every version. */
export const TARGET_NAME = 'dm-remap-v4';
/** Field 4: the same in every version that prints 31 fields. */
export const STATUS_VERSION = 'v4.0-phase1.4';

/**
 * The 31 fields of the status line, in its order. I/O counts are requests, not sectors. Source: KERNEL.md, section 3.
 * Every number is a non-negative integer; a line of the real module may hold values above 2^53 (underflowed counters),
 * which arrive as bigint.
 */
export interface StatusLine {
  readonly startSector: U64;
  /** Sectors of the device: those of main. */
  readonly sectorCount: U64;
  readonly target: string;
  readonly version: string;
  readonly mainPath: string;
  readonly sparePath: string;
  readonly readCount: U64;
  readonly writeCount: U64;
  /** Reads served by the spare. */
  readonly remappedReadCount: U64;
  readonly errorCount: U64;
  readonly activeMappings: number;
  readonly ioOperations: U64;
  readonly totalIoTimeNs: U64;
  readonly averageLatencyNs: U64;
  readonly peakBytesPerSecond: U64;
  readonly sectorSizeBytes: number;
  /** Sectors of the spare; the v4.0.3 dialect prints its difference to main, modulo 2^32. */
  readonly spareSectors: U64;
  readonly totalIos: U64;
  readonly normalIos: U64;
  readonly remappedIos: U64;
  readonly remappedSectors: U64;
  readonly cacheHits: U64;
  readonly cacheMisses: U64;
  readonly fastPathHits: U64;
  readonly slowPathHits: U64;
  readonly healthScanCount: U64;
  readonly healthScore: number;
  readonly hotspotCount: number;
  readonly cacheHitRatePercent: number;
  /** `operational` or `maintenance`. */
  readonly operationalState: string;
  /** `real` or `demo`. */
  readonly deviceMode: string;
}

/** A status line as read. */
export interface ParsedStatus {
  readonly status: StatusLine;
  /** The dialect of field 17, and what {@link formatStatus} needs to give the same text again. */
  readonly dialect: Dialect;
  /** Words beyond the 31 fields, at most ten of them named. */
  readonly warnings: readonly string[];
}

type FieldKind = 'word' | 'u32' | 'u64';

const FIELDS: readonly (readonly [keyof StatusLine, FieldKind])[] = [
  ['startSector', 'u64'],
  ['sectorCount', 'u64'],
  ['target', 'word'],
  ['version', 'word'],
  ['mainPath', 'word'],
  ['sparePath', 'word'],
  ['readCount', 'u64'],
  ['writeCount', 'u64'],
  ['remappedReadCount', 'u64'],
  ['errorCount', 'u64'],
  ['activeMappings', 'u32'],
  ['ioOperations', 'u64'],
  ['totalIoTimeNs', 'u64'],
  ['averageLatencyNs', 'u64'],
  ['peakBytesPerSecond', 'u64'],
  ['sectorSizeBytes', 'u32'],
  ['spareSectors', 'u64'],
  ['totalIos', 'u64'],
  ['normalIos', 'u64'],
  ['remappedIos', 'u64'],
  ['remappedSectors', 'u64'],
  ['cacheHits', 'u64'],
  ['cacheMisses', 'u64'],
  ['fastPathHits', 'u64'],
  ['slowPathHits', 'u64'],
  ['healthScanCount', 'u64'],
  ['healthScore', 'u32'],
  ['hotspotCount', 'u32'],
  ['cacheHitRatePercent', 'u32'],
  ['operationalState', 'word'],
  ['deviceMode', 'word'],
];

const WARNING_LIMIT = 10;

/**
 * Reads a line of `dmsetup status`. Without `dialect`, field 17 counts as v4.0.3's wrapped difference when it is in
 * 2^31..2^32 and means a spare smaller than main; give the dialect where it is known, since a v4.0.3 line
 * of a spare larger than main can't be told from a newer one.
 * @throws RemapError `EINVAL` for fewer than 31 fields or a field that is no number
 */
export function parseStatus(text: string, dialect?: Dialect): ParsedStatus {
  const words = splitLine(text, 'a status line');
  if (words.length < FIELDS.length) {
    throw new RemapError('EINVAL', `Expected ${FIELDS.length} fields, got ${words.length}`, {
      fields: words.length,
    });
  }
  const values: Partial<Record<keyof StatusLine, string | U64>> = {};
  FIELDS.forEach(([key, kind], index) => {
    values[key] = parseField(words[index]!, index + 1, key, kind);
  });
  const status = values as unknown as StatusLine;
  const spare = readSpareField(status, dialect);
  return {
    status: { ...status, spareSectors: spare.spareSectors },
    dialect: spare.dialect,
    warnings: surplusWarnings(words),
  };
}

/**
 * The status line in a dialect, without newline. Blanks and control characters in paths are escaped ({@link escapeWord}),
 * so that the line always parses.
 * @throws RemapError `EINVAL` for a number that is no unsigned integer of the field's width, or an empty word
 */
export function formatStatus(status: StatusLine, dialect: Dialect): string {
  const printed = { ...status, spareSectors: reportedSpareSectors(status, dialect) };
  return FIELDS.map(([key, kind], index) => {
    const value = printed[key];
    const fits =
      kind === 'word'
        ? typeof value === 'string' && value !== ''
        : isU64(value) && (kind === 'u64' || value <= 0xffffffff);
    if (!fits) {
      throw new RemapError('EINVAL', `field ${index + 1} (${key}) can't hold ${String(value) || 'nothing'}`);
    }
    return escapeWord(String(value));
  }).join(' ');
}

/** Field 17 as a dialect prints it: v4.0.3 gives `spare - main` as an unsigned 32-bit number. */
export function reportedSpareSectors(
  status: Pick<StatusLine, 'sectorCount' | 'spareSectors'>,
  dialect: Dialect,
): U64 {
  if (dialect === 'head') return status.spareSectors;
  return narrow(BigInt.asUintN(32, BigInt(status.spareSectors) - BigInt(status.sectorCount)));
}

function parseField(word: string, number: number, key: string, kind: FieldKind): string | U64 {
  if (kind === 'word') return unescapeWord(word);
  const value = parseU64(word);
  if (value === undefined || (kind === 'u32' && value > 0xffffffff)) {
    const shown = word.length > 40 ? `${word.slice(0, 40)}…` : word;
    throw new RemapError('EINVAL', `field ${number} (${key}) is not an unsigned number: ${shown}`, {
      field: number,
    });
  }
  return value;
}

function readSpareField(
  status: StatusLine,
  dialect: Dialect | undefined,
): Pick<ParsedStatus, 'dialect'> & {
  spareSectors: U64;
} {
  const printed = BigInt(status.spareSectors);
  const main = BigInt(status.sectorCount);
  const spare = main + BigInt.asIntN(32, printed);
  const fitsOldDialect = printed < 2n ** 32n && spare > 0n;
  if (fitsOldDialect && (dialect === 'v4.0.3' || (dialect === undefined && spare < main))) {
    return { dialect: 'v4.0.3', spareSectors: narrow(spare) };
  }
  return { dialect: 'head', spareSectors: status.spareSectors };
}

function surplusWarnings(words: readonly string[]): string[] {
  const surplus = words.slice(FIELDS.length);
  const warnings = surplus
    .slice(0, WARNING_LIMIT)
    .map((word, index) => `extra field ${FIELDS.length + 1 + index}: ${word}`);
  if (surplus.length > WARNING_LIMIT) warnings.push(`${surplus.length - WARNING_LIMIT} more extra fields`);
  return warnings;
}
