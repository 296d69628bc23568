import { compareNames, listFew } from '../contract/wording';
import type { ShownModules } from '../devices/machines';
import type { ModuleName } from '../engine';
import { kernelModuleName } from '../engine';
import { icons, type TreeNode } from './treeNode';

const purposes: Readonly<Record<ModuleName, string>> = {
  stats: 'Counters. The module real needs it.',
  real: 'The target itself: without it there is no device.',
  metadata: 'Keeps the remap table on the spare. Without it the table is gone after a reload.',
  'spare-pool': 'Lets a device have several spares.',
  'setup-reassembly': 'Reassembles devices after a reboot, from their images alone.',
};

/** The text above the items of the Modules view; empty when they are the user's own modules. */
export function moduleMessage({ scenario }: ShownModules): string {
  return scenario === undefined ? '' : `Modules of the running scenario ${scenario}`;
}

/** The items of the Modules view, in load order. Those of a scenario have no menus: only the scenario loads them. */
export function moduleNodes({ modules, scenario }: ShownModules): TreeNode[] {
  return modules.map(({ name, loaded, usedBy }) => {
    const users = usedBy.length > 0 ? `used by ${listFew(usedBy, 'device')}` : '';
    const all = [...usedBy].sort(compareNames).join(', ');
    const state = loaded ? 'loaded' : 'not loaded';
    return {
      treeReference: true,
      moduleName: name,
      id: name,
      parent: undefined,
      look: () => ({
        label: name,
        description: [state, users].filter(Boolean).join(', '),
        icon: loaded ? icons.good : icons.unknown,
        contextValue: scenario === undefined ? menusOf(loaded, usedBy) : 'scenario.module',
        spoken: ['Module', name, state, users].filter(Boolean).join(', '),
        tooltip: () => [`${kernelModuleName(name)} ${state}${all && `, used by ${all}`}`, purposes[name]],
      }),
    };
  });
}

function menusOf(loaded: boolean, usedBy: readonly string[]): string {
  return ['module', loaded ? 'loaded' : 'unloaded', usedBy.length > 0 ? 'used' : 'free'].join('.');
}
