import { realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { isDeviceFile } from '../contract/deviceFile';
import type { Task } from '../contract/task';
import { runVolumeCommand, type VolumeCommand, type VolumeResults } from '../contract/volumeCommands';
import { checkSpare, openVolumeTarget, RemapError, requireFree } from '../engine';
import type { Given } from './commandLine';
import { Serve } from './control/client';
import type { DeviceCommand, DeviceResults } from './deviceCommands';
import { type DeviceVerb, deviceVerbs } from './deviceVerbs';
import { EXIT } from './exitCodes';
import { type DeviceRequest, runHere } from './here';
import { deviceFile, usage } from './operands';
import type { Surroundings } from './surroundings';

/** What one `write` takes. */
const MAX_INPUT_BYTES = 64 * 2 ** 20;

/** The arguments of a verb that is about one device. */
type DeviceGiven = Given & { readonly verb: keyof typeof deviceVerbs };

/** Runs a verb that is about one device. @throws UsageError; RemapError as its command */
export async function runDeviceVerb(given: DeviceGiven, surroundings: Surroundings): Promise<number> {
  // Each verb fits its own command, which the compiler can't follow through the table.
  const verb = deviceVerbs[given.verb] as unknown as DeviceVerb;
  const result = await resultOf(verb, given, surroundings);
  await surroundings.terminal.print(given.json ? `${JSON.stringify(result)}\n` : verb.show(result, given));
  const failure = verb.failure?.(result);
  if (failure) throw failure;
  return verb.isBad?.(result) ? EXIT.foundBad : EXIT.done;
}

async function resultOf(
  verb: DeviceVerb,
  given: DeviceGiven,
  { input, task }: Surroundings,
): Promise<DeviceResults[DeviceCommand]> {
  const [target = ''] = given.operands;
  if (given.verb === 'check' && !isDeviceFile(target)) return checkSpare(resolve(target));
  if (isVolumeVerb(verb) && !isDeviceFile(target)) return onImage(verb, given, task);
  const path = deviceFile(given, target);
  const asked = usage(given, () => verb.options(given));
  const options = verb.takesInput ? { ...(asked as object), base64: await readInput(input) } : asked;
  return runCommand({ command: verb.command, deviceFile: await realpath(path), options }, task);
}

type VolumeVerb = DeviceVerb & { readonly command: VolumeCommand };

function isVolumeVerb(verb: DeviceVerb): verb is VolumeVerb {
  return ['volumes', 'ownerOf', 'sectorsOf', 'damage'].includes(verb.command);
}

/** Looks into the file systems of an image by itself. @throws RemapError `EBUSY` while another process has it */
async function onImage(
  verb: VolumeVerb,
  given: DeviceGiven,
  task: Task,
): Promise<VolumeResults[VolumeCommand]> {
  const options = usage(given, () => verb.options(given));
  const path = resolve(given.operands[0]!);
  await requireFree(path);
  const target = await openVolumeTarget(path);
  try {
    return await runVolumeCommand(verb.command, target, options, task);
  } finally {
    await target.close();
  }
}

/** Runs a command where its device is: in the serve that has it, else here. */
async function runCommand<Name extends DeviceCommand>(
  request: DeviceRequest<Name>,
  task: Task,
): Promise<DeviceResults[Name]> {
  const serve = await Serve.find(request.deviceFile);
  return serve ? (serve.ask(request, task) as Promise<DeviceResults[Name]>) : runHere(request, task);
}

async function readInput(input: Readable): Promise<string> {
  const pieces: Buffer[] = [];
  let byteCount = 0;
  for await (const piece of input as AsyncIterable<Buffer>) {
    byteCount += piece.length;
    if (byteCount > MAX_INPUT_BYTES) {
      throw new RemapError(
        'EINVAL',
        `standard input has more than ${MAX_INPUT_BYTES} bytes: write it in pieces`,
      );
    }
    pieces.push(piece);
  }
  if (byteCount === 0) throw new RemapError('EINVAL', 'standard input is empty: nothing to write');
  return Buffer.concat(pieces).toString('base64');
}
