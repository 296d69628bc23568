import { formatCount, formatSize, plural } from '../contract/wording';
import type { ShownExport } from '../devices/deviceExports';
import { SECTOR_SIZE } from '../engine';
import { childOf, icons, type NodeLook, type TreeNode } from './treeNode';

const NAMES = { device: 'NBD Export', main: 'NBD Export of Main', spare: 'NBD Export of Spare' } as const;

/** The items of what a device is exported as, each with its clients and what they do. */
export function exportNodes(parent: TreeNode, exportsNow: () => readonly ShownExport[]): TreeNode[] {
  return exportsNow().map((first) => {
    const now = (): ShownExport => exportsNow().find(({ uri }) => uri === first.uri) ?? first;
    const node: TreeNode = {
      ...childOf(parent, `export ${first.from}`, () => exportLook(now())),
      exportUri: first.uri,
      children: () => figures(node, now),
    };
    return node;
  });
}

function exportLook(shown: ShownExport): NodeLook {
  const { from, uri, clients, rates, readOnly, lastError } = shown;
  const reads = formatRate(rates.reads);
  const writes = formatRate(rates.writes);
  const access = readOnly ? ', read-only' : '';
  const traffic = clients > 0 ? `, ${reads} reads/s, ${writes} writes/s` : '';
  const count = plural(clients, 'client');
  return {
    label: NAMES[from],
    description: `${count}${traffic}${access}`,
    icon: lastError === null ? { id: 'broadcast' } : { id: 'broadcast', color: 'list.warningForeground' },
    contextValue: 'export',
    spoken: `${NAMES[from]}: ${count}${traffic.replaceAll('/s', ' a second')}${access}`,
    tooltip: () => [
      uri,
      'Any NBD client of this user can use it as a disk.',
      'It stays through reload and reboot, and ends when the device is removed.',
    ],
  };
}

function figures(self: TreeNode, now: () => ShownExport): TreeNode[] {
  const counted = (
    name: string,
    label: string,
    key: 'reads' | 'writes' | 'flushes',
    bytes?: 'bytesRead' | 'bytesWritten',
  ): TreeNode =>
    childOf(self, name, () => {
      const shown = now();
      const rate = `${formatRate(shown.rates[key])} a second`;
      const flow = bytes ? `, ${formatSize(Math.round(shown.rates[bytes] / SECTOR_SIZE))} a second` : '';
      return {
        label,
        description: `${formatCount(shown[key])}, now ${rate}${flow}`,
        icon: { id: 'dash' },
        tooltip: () => [`${label} of clients since the export began, and in the last second`],
      };
    });
  return [
    childOf(self, 'address', () => ({
      label: 'Address',
      description: now().uri,
      icon: { id: 'link' },
      contextValue: 'exportAddress',
      tooltip: () => [now().uri, 'What an NBD client takes as its disk'],
    })),
    counted('reads', 'Reads', 'reads', 'bytesRead'),
    counted('writes', 'Writes', 'writes', 'bytesWritten'),
    counted('flushes', 'Flushes', 'flushes'),
    childOf(self, 'errors', () => errorLook(now())),
  ];
}

function errorLook({ errors, lastError }: ShownExport): NodeLook {
  if (lastError === null) {
    return {
      label: 'No Error',
      icon: icons.good,
      tooltip: () => ['No request of a client has failed since the export began'],
    };
  }
  const count = plural(errors, 'request');
  return {
    label: 'Last Error',
    description: lastError,
    icon: icons.warning,
    spoken: `Last error: ${lastError}. ${count} failed`,
    tooltip: () => [lastError, `${count} of clients failed since the export began`],
  };
}

function formatRate(perSecond: number): string {
  return formatCount(Math.round(perSecond));
}
