import type { BeforeAndAfter } from '../engine';
import { plural } from './wording';

/** What was lost in a reload or reboot, a sentence for each device that lost something. */
export function describeLosses({ before, after }: BeforeAndAfter): string[] {
  return before.flatMap(({ name, remaps }) => {
    const device = after.find((each) => each.name === name);
    if (!device) return [`${name} is not assembled any more`];
    const lost = remaps - device.remaps;
    if (lost <= 0) return [];
    const entries = `${name} lost ${plural(lost, 'remap entry', 'remap entries')}`;
    const isKept = device.metadata.sequence !== null;
    return [isKept ? entries : `${entries}: without dm-remap-v4-metadata the table is not kept`];
  });
}
