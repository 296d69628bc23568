import { readdir, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { rebootOptions } from '../contract/commandArguments';
import type { CommandResults } from '../contract/commandResults';
import { isDeviceFile } from '../contract/deviceFile';
import type { Task } from '../contract/task';
import { RemapError } from '../engine';
import type { Given } from './commandLine';
import { Serve } from './control/client';
import { EXIT } from './exitCodes';
import { rebootHere } from './here';
import { checked, deviceFile, numberOption, usage } from './operands';
import { restartText } from './resultTexts';
import type { Surroundings } from './surroundings';

/** Reboots the machine that has a device, or the devices of this folder. @throws UsageError; RemapError */
export async function runReboot(given: Given, { terminal, task }: Surroundings): Promise<number> {
  const options = usage(given, () =>
    checked(rebootOptions, {
      powerLoss: given.options['power-loss'] === true,
      seed: numberOption(given, 'seed'),
    }),
  );
  const [operand] = given.operands;
  const deviceFiles =
    operand === undefined ? await deviceFilesHere() : [await realpath(deviceFile(given, operand))];
  const result = await reboot(deviceFiles, options, task);
  await terminal.print(given.json ? `${JSON.stringify(result)}\n` : restartText(result));
  return EXIT.done;
}

/** The machine of some devices is the serve that has them; none has: one that is booted for this. */
async function reboot(
  deviceFiles: readonly string[],
  options: unknown,
  task: Task,
): Promise<CommandResults['reboot']> {
  const serves = new Map<number, { readonly serve: Serve; readonly deviceFile: string }>();
  try {
    for (const deviceFile of deviceFiles) {
      const serve = await Serve.find(deviceFile);
      if (serve && serves.has(serve.pid)) serve.close();
      else if (serve) serves.set(serve.pid, { serve, deviceFile });
    }
    const [found, ...others] = serves.values();
    if (!found) return await rebootHere(deviceFiles, options, task);
    if (others.length > 0) throw several([...serves.values()].map(({ deviceFile }) => deviceFile));
    const request = { command: 'reboot', deviceFile: found.deviceFile, options } as const;
    return (await found.serve.ask(request, task)) as CommandResults['reboot'];
  } finally {
    for (const { serve } of serves.values()) serve.close();
  }
}

async function deviceFilesHere(): Promise<string[]> {
  const folder = process.cwd();
  const names = (await readdir(folder)).filter(isDeviceFile).sort();
  if (names.length > 0) return Promise.all(names.map((name) => realpath(resolve(folder, name))));
  throw new RemapError(
    'ENODEV',
    `there is no .remap file in ${folder}: name a device whose machine to reboot`,
  );
}

function several(deviceFiles: readonly string[]): RemapError {
  return new RemapError(
    'EINVAL',
    `several serves have devices of this folder: name one of ${deviceFiles.join(', ')}`,
  );
}
