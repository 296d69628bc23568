import { resolve } from 'node:path';
import { compareOptions } from '../contract/commandArguments';
import { formatComparison, isEqual } from '../contract/comparisonText';
import { isDeviceFile } from '../contract/deviceFile';
import {
  compareDisks,
  openVolumeTarget,
  requireFree,
  type SectorView,
  type VolumeTarget,
  volumeTargetOf,
} from '../engine';
import type { Given } from './commandLine';
import { EXIT } from './exitCodes';
import { lookAtDevice } from './here';
import { textOption, usage } from './operands';
import type { Surroundings } from './surroundings';

/** Compares two devices or images; what isn't equal is something bad. @throws UsageError; RemapError */
export async function runCompare(given: Given, { terminal, task }: Surroundings): Promise<number> {
  const options = { from: textOption(given, 'from'), secondFrom: textOption(given, 'second-from') };
  const { from, secondFrom } = usage(given, () => compareOptions(options));
  const [first, second] = given.operands as readonly [string, string];
  const { signal } = task;
  const onProgress = (fraction: number) => task.report('comparing', fraction);
  const found = await lookAt(first, from, (one) =>
    lookAt(second, secondFrom, (other) => compareDisks(one, other, { signal, onProgress })),
  );
  const text = given.json ? `${JSON.stringify(found)}\n` : formatComparison(found, first, second);
  await terminal.print(text);
  return isEqual(found) ? EXIT.done : EXIT.foundBad;
}

/** @throws RemapError `EBUSY` while another process has it */
async function lookAt<T>(
  target: string,
  from: SectorView | undefined,
  work: (target: VolumeTarget) => Promise<T>,
): Promise<T> {
  const path = resolve(target);
  if (isDeviceFile(path)) return lookAtDevice(path, (device) => work(volumeTargetOf(device, from)));
  await requireFree(path);
  const image = await openVolumeTarget(path);
  try {
    return await work(image);
  } finally {
    await image.close();
  }
}
