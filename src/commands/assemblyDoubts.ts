import { basename } from 'node:path';
import type { AssemblyChoice } from '../devices/assembler';
import type { DevicesService } from '../devices/devicesService';
import { type DeviceSpec, matchMain, RemapError } from '../engine';
import { confirm } from '../frame/decisions';

/**
 * Asks whether a main that doesn't fit the fingerprint of its spare is the right one: once, since the device takes its
 * fingerprint anew then.
 * @returns whether it was accepted; false also where nothing had to be asked; undefined: the person declined
 */
export async function askAboutMain(
  devices: DevicesService,
  reference: unknown,
  choice: AssemblyChoice,
): Promise<boolean | undefined> {
  const spec = await devices.specOf(reference);
  const isOpen = devices.machine.devices().some(({ name }) => name === spec.name);
  if (isOpen || choice.readOnly !== undefined || !devices.policy.isTrusted) return false;
  const match = await matchOf(spec);
  if (!match || match.fits) return false;
  const [main, spare] = [basename(spec.main), basename(spec.spares[0]!)];
  const isRight = await confirm(
    `Is ${main} the main image of ${spare}?`,
    `Of ${match.total} sectors that the spare remembers ${match.matching} are the same. The use by a kernel and a restore change contents rightfully; over another image, remapped sectors would show what belongs to the first one. It is asked once: the spare remembers this one from now on.`,
    'Assemble Anyway',
  );
  return isRight || undefined;
}

/** Null where it can't be found out: assembling tells why, in its own words. */
async function matchOf({ main, spares }: DeviceSpec) {
  return matchMain(main, spares[0]!).catch((error) => {
    if (!(error instanceof RemapError)) throw error;
    return null;
  });
}

/** Whether a device was refused because its spare was cut short, and can be opened read-only. */
export function isShortSpare(error: unknown): error is RemapError {
  return (
    error instanceof RemapError && error.details.problem === 'shortSpare' && error.details.isLegible === true
  );
}

/**
 * Asks whether to open a device read-only whose spare was cut short.
 * @throws RemapError `ECANCELED` when the person declined
 */
export async function askToLook(shortSpare: RemapError, { name }: DeviceSpec): Promise<AssemblyChoice> {
  const { path = '', expected, actual } = shortSpare.details;
  const isWanted = await confirm(
    `Open the device ${name} read-only? Its spare ${basename(path)} was cut short.`,
    `The spare has ${actual} sectors, and its metadata say ${expected}. What it has lost can't be read, and nothing is written until the whole image is back.`,
    'Open Read-Only',
  );
  if (isWanted) return { readOnly: `its spare was cut short, from ${expected} to ${actual} sectors` };
  throw new RemapError('ECANCELED', 'not assembled', {}, { cause: shortSpare });
}
