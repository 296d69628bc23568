import { plural } from '../contract/wording';
import type { Verdicts } from '../devices/verdicts';
import { COPY_COUNT, type MetadataReport, type RemapDevice } from '../engine';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

/** The item of the five metadata copies, which are read only when the item is opened. */
export function metadataNode(
  parent: TreeNode,
  device: RemapDevice,
  verdicts: Verdicts,
  reference: string,
): TreeNode {
  const look = () => {
    const { valid, stale, sequence } = device.info().metadata;
    const isKept = sequence !== null;
    return {
      label: 'Metadata',
      description: isKept
        ? `${valid} of ${COPY_COUNT} copies valid`
        : 'not kept: the module metadata is not loaded',
      icon: isKept && valid < COPY_COUNT ? icons.warning : { id: 'copy' },
      contextValue: 'metadata',
      tooltip: () => [
        `The remap table is kept on the spare in ${COPY_COUNT} copies; one that is valid is enough.`,
        ...(isKept
          ? [`${describeSequence(sequence)}${stale > 0 ? `; ${plural(stale, 'copy', 'copies')} older` : ''}`]
          : ['Remaps are forgotten when the device is taken down. Load the module metadata to keep them.']),
      ],
    };
  };
  return childOf(parent, 'metadata', look, async (self) => {
    const { copies, winner, table } = await verdicts.metadata(device);
    return [
      ...copies.map((copy) =>
        childOf(
          self,
          `${copy.index}`,
          copyLook(copy, copy.index === winner, [reference, { sector: copy.sector, view: 'spare' }]),
        ),
      ),
      ...(table ? [childOf(self, 'table', tableLook(table))] : []),
    ];
  });
}

function tableLook({ records, damaged, reason }: NonNullable<MetadataReport['table']>): NodeLook {
  const state = damaged.length === 0 ? 'both mirrors intact' : plural(damaged.length, 'damaged sector');
  return {
    label: 'Large table',
    description: `${plural(records, 'record')}, ${state}`,
    icon: damaged.length === 0 ? icons.good : icons.bad,
    contextValue: 'table',
    tooltip: () => [reason ?? `The table of all remaps, in two mirrors at the end of the spare: ${state}.`],
  };
}

/** What one metadata copy looks like, in a tree where a click opens it. */
export function copyLook(
  { index, sector, valid, stale = false, reason, sequence }: MetadataReport['copies'][number],
  isUsed: boolean,
  opens: NonNullable<NodeLook['opens']>,
): NodeLook {
  const state = valid ? 'valid' : (reason ?? 'not valid');
  const facts = [state, ...(isUsed ? ['in use'] : []), ...(stale ? ['older'] : [])].join(', ');
  const label = `Copy ${index}`;
  return {
    label,
    description: facts,
    icon: valid ? icons.good : icons.bad,
    contextValue: 'copy',
    spoken: `${label} at spare sector ${sector}: ${facts}`,
    tooltip: () => [
      `${label} at spare sector ${sector}: ${state}`,
      ...(isUsed ? ['In use: the remap table is read from the newest valid copy'] : []),
      ...(stale ? ['Older than the copy in use: the last change was not written here yet'] : []),
      ...(sequence === null ? [] : [describeSequence(sequence)]),
    ],
    opens,
  };
}

function describeSequence(sequence: number): string {
  return `State ${sequence} (the kernel's sequence number): each change of the table makes the next one`;
}
