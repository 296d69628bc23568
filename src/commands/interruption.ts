import { interruptionQuestion } from '../contract/exportTexts';
import type { DevicesService } from '../devices/devicesService';
import type { RemapDevice } from '../engine';
import { answerTo } from '../frame/decisions';

/** Asks a person whether to interrupt the NBD clients of a device; true where it has none. */
export async function mayInterrupt(
  { exports }: DevicesService,
  device: RemapDevice,
  by: Parameters<typeof interruptionQuestion>[2],
): Promise<boolean> {
  const clients = exports.clientsOf(device);
  return clients === 0 || (await answerTo(interruptionQuestion(device.name, clients, by))) !== undefined;
}
