import { plural } from '../contract/wording';
import type { AssemblyChoice } from '../devices/assembler';
import type { DevicesService } from '../devices/devicesService';
import { decide } from './decisions';

const OPEN_FOR_WRITING = 'Open for Writing';
const OPEN_READ_ONLY = 'Open Read-Only';

/**
 * Asks a person, once for each file, whether a device may write files outside the workspace. Undefined: they cancelled.
 * @throws RemapError as `DevicesService.specOf`
 */
export async function askToWrite(
  devices: DevicesService,
  reference: unknown,
): Promise<AssemblyChoice | undefined> {
  const spec = await devices.specOf(reference);
  const files = await devices.policy.filesToAskFor(spec);
  if (files.length === 0 || !devices.policy.isTrusted) return {};
  const chosen = await decide(
    `Open the device ${spec.name} for writing? It uses ${plural(files.length, 'file')} outside the workspace.`,
    [...files, '', 'What is written to the device, and its bad sectors, is written there too.'].join('\n'),
    OPEN_FOR_WRITING,
    OPEN_READ_ONLY,
  );
  if (chosen === OPEN_FOR_WRITING) return { forWriting: true };
  return chosen === OPEN_READ_ONLY ? { readOnly: 'as you chose' } : undefined;
}
