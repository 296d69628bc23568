import { RescueMaps } from '../../../src/devices/rescueMaps';
import type { ImageHost } from '../../../src/editor/imageSource';
import { memento } from '../devices/memento';

/** The surroundings of an image's source: a trusted window in which no device, or the given one, has the image open. */
export function imageHost(owner?: string): ImageHost & { readonly maps: RescueMaps } {
  return { owner: () => owner, isTrusted: () => true, maps: new RescueMaps(memento()) };
}
