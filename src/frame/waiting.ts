import { isObject } from '../contract/typeGuards';
import { RemapDevice } from '../engine';

/** What the work on a device waits for; undefined: it goes on. @param input the device, or an object that names it */
export function whatItWaitsFor(input: unknown): string | undefined {
  const device = isObject(input) && 'device' in input ? input.device : input;
  if (!(device instanceof RemapDevice) || !device.suspended) return undefined;
  if (!device.symptoms().holdsRequests) return undefined;
  return `waits until ${device.name} is resumed: it is suspended`;
}
