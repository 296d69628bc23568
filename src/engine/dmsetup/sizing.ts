import { SECTOR_SIZE } from '../block/blockDevice';
import { RemapError } from '../errors';

/** Smallest main device that the kernel takes, in sectors. */
export const MINIMUM_MAIN_SECTORS = 2048;
const SECTORS_PER_MIB = 2048;
const METADATA_ALLOWANCE_BYTES = 4096;
const BYTES_PER_REMAP = 64;
const MAXIMUM_OVERHEAD_PERCENT = 20;
const STRICT_MARGIN_PERCENT = 5;
/** Slack on top of metadata, expected bad sectors and map. */
const SLACK_PERCENT = 20;

/** The module parameters that decide the spare's minimum. */
export interface SizingOptions {
  /** `strict_spare_sizing`: the spare must hold all of main and 5 % more. */
  readonly strict?: boolean;
  /** `spare_overhead_percent`: expected share of bad sectors, default 2; counts as 20 above that. */
  readonly overheadPercent?: number;
}

/**
 * Sectors that the kernel asks of a spare (KERNEL.md, section 2): room for its own metadata, for the expected bad
 * sectors and for their map, plus a fifth; in strict mode main plus a twentieth.
 */
export function minimumSpareSectors(mainSectors: number, options: SizingOptions = {}): number {
  if (options.strict) return mainSectors + Math.floor(mainSectors / 20);
  const metadata = Math.floor(METADATA_ALLOWANCE_BYTES / SECTOR_SIZE) + 1;
  const bad = Math.floor((mainSectors * overheadPercent(options)) / 100);
  const map = Math.floor((bad * BYTES_PER_REMAP) / SECTOR_SIZE) + 1;
  const base = metadata + bad + map;
  return base + Math.floor((base * SLACK_PERCENT) / 100);
}

/** Sectors that our own layout needs: everything before the first data sector (R9), and room for `remaps` entries. */
export function minimumPersistentSpareSectors(firstDataSector: number, remaps = 1): number {
  return firstDataSector + remaps;
}

/** What the kernel logs about a spare's size once it has accepted it. `percent` counts whole MiB, as there. */
export function spareEfficiency(
  mainSectors: number,
  spareSectors: number,
): { readonly percent: number; readonly text: string } {
  const mainMib = Math.max(1, Math.floor(mainSectors / SECTORS_PER_MIB));
  const spareMib = Math.floor(spareSectors / SECTORS_PER_MIB);
  const percent = Math.floor((spareMib * 100) / mainMib);
  let verdict = 'Consider RAID1 mirroring';
  if (percent < 10) verdict = 'Excellent spare efficiency';
  else if (percent < 50) verdict = 'Good spare efficiency';
  return { percent, text: `${verdict}: ${spareMib} MB spare for ${mainMib} MB main (${percent}%)` };
}

/**
 * Refuses a pair of sizes that the kernel refuses, in its order: main first, then the spare.
 * `details.kernelLines` holds the lines that the kernel logs, `details.targetError` what dmsetup shows.
 * @throws RemapError `ENOSPC` naming both sizes, `EINVAL` for a size that is no sector count
 */
export function validateSizes(mainSectors: number, spareSectors: number, options: SizingOptions = {}): void {
  checkCount('main', mainSectors);
  checkCount('spare', spareSectors);
  if (mainSectors < MINIMUM_MAIN_SECTORS) {
    throw refuse(
      `the main image has ${mainSectors} sectors, a device needs at least ${MINIMUM_MAIN_SECTORS}`,
      [`Main device too small: ${mainSectors} < ${MINIMUM_MAIN_SECTORS} sectors`],
      { mainSectors, spareSectors },
    );
  }
  const minimum = minimumSpareSectors(mainSectors, options);
  if (spareSectors >= minimum) return;
  throw refuse(
    `the spare image has ${spareSectors} sectors, ${mainSectors} sectors of main need at least ${minimum}`,
    spareRefusalLines(mainSectors, spareSectors, minimum, options),
    { mainSectors, spareSectors, minimumSpareSectors: minimum },
  );
}

/**
 * Refuses a spare that passes the kernel's rule and yet can't hold the five metadata copies and one replaced sector (B24).
 * @throws RemapError `ENOSPC`
 */
export function validatePersistentSpare(spareSectors: number, firstDataSector: number, remaps = 1): void {
  const minimum = minimumPersistentSpareSectors(firstDataSector, remaps);
  if (spareSectors >= minimum) return;
  throw new RemapError(
    'ENOSPC',
    `the spare image has ${spareSectors} sectors; the metadata take ${firstDataSector}, so ${remaps} ` +
      `${remaps === 1 ? 'remap needs' : 'remaps need'} at least ${minimum}`,
    { spareSectors, minimumSpareSectors: minimum },
  );
}

function spareRefusalLines(
  mainSectors: number,
  spareSectors: number,
  minimum: number,
  options: SizingOptions,
): string[] {
  const insufficient = `Spare device insufficient: ${spareSectors} < ${minimum} sectors`;
  if (options.strict) return [`${insufficient} (need ${mainSectors} + ${STRICT_MARGIN_PERCENT}% overhead)`];
  return [
    insufficient,
    '  Increase spare size or reduce spare_overhead_percent parameter',
    `  Current overhead: ${options.overheadPercent ?? 2}%, try lower value or use strict_spare_sizing=1`,
  ];
}

function refuse(sentence: string, kernelLines: string[], sizes: Record<string, number>): RemapError {
  return new RemapError('ENOSPC', `${sentence} (${kernelLines[0]})`, {
    ...sizes,
    targetError: 'Device compatibility validation failed',
    kernelLines,
  });
}

function checkCount(role: string, sectors: number): void {
  if (Number.isSafeInteger(sectors) && sectors >= 0) return;
  throw new RemapError('EINVAL', `the ${role} size must be a number of sectors, not ${sectors}`);
}

function overheadPercent(options: SizingOptions): number {
  return Math.min(options.overheadPercent ?? 2, MAXIMUM_OVERHEAD_PERCENT);
}
