import type { RemapError } from '../errors';
import { errnoOf } from './errno';
import { spareEfficiency } from './sizing';
import type { Dialect } from './status';

/** One line of the kernel log, without its prefix. Source of levels, prefixes and texts: KERNEL.md, section 5. */
export interface KernelLine {
  readonly level: 'info' | 'warning' | 'error';
  readonly text: string;
}

const PREFIXES: Readonly<Record<Dialect, Readonly<Record<KernelLine['level'], string>>>> = {
  'v4.0.3': {
    info: 'dm-remap v4.0 real: ',
    warning: 'dm-remap v4.0: ',
    error: 'dm-remap v4.0 real: ERROR: ',
  },
  head: {
    info: 'dm-remap: ',
    warning: 'dm-remap: WARNING: ',
    error: 'dm-remap: ERROR: ',
  },
};

/** A line as dmesg shows it. */
export function formatKernelLine(line: KernelLine, dialect: Dialect = 'head'): string {
  return PREFIXES[dialect][line.level] + line.text;
}

/** A device was built; the second line is the kernel's judgement of the spare's size. */
export function deviceCreated(device: {
  readonly main: string;
  readonly spare: string;
  readonly mainSectors: number;
  readonly spareSectors: number;
}): KernelLine[] {
  return [
    info(spareEfficiency(device.mainSectors, device.spareSectors).text),
    info(
      `Device created: main=${device.main} (${device.mainSectors} sectors), ` +
        `spare=${device.spare} (${device.spareSectors} sectors)`,
    ),
  ];
}

/** A refused construction: the lines that the refusal carries, or its message. */
export function deviceRefused(refusal: RemapError): KernelLine[] {
  const lines = refusal.details.kernelLines;
  return Array.isArray(lines) ? lines.map((line) => error(String(line))) : [error(refusal.message)];
}

export function deviceSuspended(name: string): KernelLine {
  return info(`Device ${name} suspended`);
}

export function deviceResumed(name: string): KernelLine {
  return info(`Device ${name} resumed`);
}

export function deviceRemoved(name: string): KernelLine {
  return info(`Device ${name} removed`);
}

export function moduleLoaded(moduleName: string): KernelLine {
  return info(`Module ${moduleName} loaded`);
}

export function moduleUnloaded(moduleName: string): KernelLine {
  return info(`Module ${moduleName} unloaded`);
}

/** A sector of the device failed. */
export function ioErrorDetected(sector: number, code: RemapError['code'] = 'EIO'): KernelLine {
  return warning(`I/O error detected on sector ${sector} (error=${-errnoOf(code)})`);
}

/** The remap is durable and serves requests. */
export function remapSucceeded(sector: number, spareSector: number): KernelLine {
  return info(`Successfully remapped failed sector ${sector} -> ${spareSector}`);
}

/** The sector's replacement fails too. */
export function alreadyRemapped(sector: number): KernelLine {
  return error(`Sector ${sector} already remapped but still failing`);
}

export function spareExhausted(sector: number, dialect: Dialect = 'head'): KernelLine {
  const purpose = dialect === 'head' ? 'write-ahead remap of' : 'remapping';
  return error(`No spare sectors available for ${purpose} sector ${sector}`);
}

/** A sector of the spare failed, and allocation goes past it (R5). */
export function spareSectorFailed(spareSector: number): KernelLine {
  return warning(`Spare sector ${spareSector} failed, skipped`);
}

export function metadataRestored(sequence: number | bigint, remapCount: number): KernelLine {
  return info(`Metadata restored: sequence=${sequence} remaps=${remapCount}`);
}

/** Some of the five copies are damaged. */
export function metadataCorruption(validCopies: number, copyCount = 5): KernelLine {
  return warning(`Metadata corruption detected: ${validCopies}/${copyCount} copies valid`);
}

export function metadataRepaired(copyIndexes: readonly number[]): KernelLine {
  return info(`Metadata repaired: ${copyIndexes.length === 1 ? 'copy' : 'copies'} ${copyIndexes.join(', ')}`);
}

/** The spare lists remaps, and without the metadata module nothing reads them. */
export function remapsNotPersisted(remapCount: number): KernelLine {
  return warning(
    `${remapCount} ${remapCount === 1 ? 'remap is' : 'remaps are'} not in use: metadata module not loaded`,
  );
}

function info(text: string): KernelLine {
  return { level: 'info', text };
}

function warning(text: string): KernelLine {
  return { level: 'warning', text };
}

function error(text: string): KernelLine {
  return { level: 'error', text };
}
