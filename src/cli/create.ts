import { createDeviceOptions } from '../contract/commandArguments';
import type { CommandResults } from '../contract/commandResults';
import { createDeviceFiles, deleteDeviceFiles } from '../contract/newDevice';
import { formatDevice } from '../contract/reportText';
import { Machine } from '../engine';
import type { Given } from './commandLine';
import { readSpec } from './deviceFiles';
import { EXIT } from './exitCodes';
import { deviceFile, sizeOption, textOption, usage } from './operands';
import type { Surroundings } from './surroundings';

/** Makes a device's files; a device that can't be assembled from them leaves none. @throws UsageError; RemapError */
export async function runCreate(given: Given, { terminal }: Surroundings): Promise<number> {
  const path = deviceFile(given, given.operands[0]!);
  const options = usage(given, () =>
    createDeviceOptions(
      {
        path,
        mainSectors: sizeOption(given, 'main-sectors'),
        spareSectors: sizeOption(given, 'spare-sectors'),
        flakey: textOption(given, 'flakey'),
      },
      undefined,
    ),
  );
  const paths = await createDeviceFiles(options);
  try {
    const found = await assembleOnce(paths.deviceFile);
    const notes = [...(found.notes ?? []), ...paths.notes];
    const info = notes.length === 0 ? found : { ...found, notes };
    await terminal.print(given.json ? `${JSON.stringify(info)}\n` : formatDevice(info));
    return EXIT.done;
  } catch (error) {
    await deleteDeviceFiles(paths);
    throw error;
  }
}

async function assembleOnce(path: string): Promise<CommandResults['createDevice']> {
  const machine = new Machine();
  try {
    return (await machine.create(await readSpec(path))).info();
  } finally {
    await machine.close();
  }
}
