import { plural } from '../contract/wording';
import type { Verdicts } from '../devices/verdicts';
import type { MetadataReport, RemapDevice } from '../engine';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

/** The item of the five metadata copies, which are read only when the item is opened. */
export function metadataNode(
  parent: TreeNode,
  device: RemapDevice,
  verdicts: Verdicts,
  reference: string,
): TreeNode {
  const look = () => {
    const { valid, sequence } = device.info().metadata;
    const copies = `${valid}/5 valid`;
    return {
      label: 'Metadata',
      description:
        sequence === null ? `not kept: module metadata is not loaded` : `${copies}, sequence ${sequence}`,
      icon: sequence !== null && valid < 5 ? icons.warning : { id: 'copy' },
      contextValue: 'metadata',
    };
  };
  return childOf(parent, 'metadata', look, async (self) => {
    const { copies, winner, table } = await verdicts.metadata(device);
    return [
      ...copies.map((copy) =>
        childOf(self, `${copy.index}`, copyLook(copy, copy.index === winner, reference)),
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

function copyLook(
  { index, sector, valid, stale, reason, sequence }: MetadataReport['copies'][number],
  counts: boolean,
  reference: string,
): NodeLook {
  const facts = [
    valid ? 'valid' : (reason ?? 'not valid'),
    ...(stale ? ['stale'] : []),
    ...(sequence === null ? [] : [`sequence ${sequence}`]),
  ];
  if (counts) facts.push('counts');
  const label = `Copy ${index}`;
  return {
    label,
    description: facts.join(', '),
    icon: valid ? icons.good : icons.bad,
    contextValue: 'copy',
    spoken: `${label} at spare sector ${sector}: ${facts.join(', ')}`,
    tooltip: () => [`${label} at spare sector ${sector}`, facts.join(', ')],
    opens: [reference, { sector, view: 'spare' }],
  };
}
