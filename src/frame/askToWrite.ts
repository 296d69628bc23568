import { WRITE_BUTTONS, type WriteDecision, writeDecision, writeQuestion } from '../contract/writeQuestion';
import type { DevicesService } from '../devices/devicesService';
import { decide } from './decisions';

/**
 * Asks a person, once for each file, whether a device may write files outside the workspace. Undefined: they cancelled.
 * @throws RemapError as `DevicesService.specOf`
 */
export async function askToWrite(
  devices: DevicesService,
  reference: unknown,
): Promise<WriteDecision | undefined> {
  const spec = await devices.specOf(reference);
  const files = devices.policy.isTrusted ? await devices.policy.filesToAskFor(spec) : [];
  if (files.length === 0) return {};
  const { message, detail } = writeQuestion(spec.name, files);
  return writeDecision(await decide(message, detail, ...WRITE_BUTTONS));
}
