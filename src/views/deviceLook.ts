import { formatSize, plural, stateWords } from '../contract/wording';
import type { DeviceEntry } from '../devices/deviceEntry';
import type { Trouble } from '../devices/trouble';
import { troublesOf } from '../devices/troublesOf';
import type { DeviceState, RemapDevice } from '../engine';
import { icons, type NodeIcon, type NodeLook } from './treeNode';

/** The icons of a state that someone chose. */
const ownIcons: Readonly<Record<string, NodeIcon>> = {
  suspended: { id: 'debug-pause', color: 'list.warningForeground' },
  opened: { id: 'lock' },
};

/** The state of a device in words. */
export function stateOf({ device }: DeviceEntry): string {
  return device ? stateWords[device.info().state] : 'not assembled';
}

/** The row of a device: the worst of what is wrong with it decides its icon and colour, and comes first. */
export function deviceLook(entry: DeviceEntry | undefined): NodeLook {
  if (!entry) return { label: '', tooltip: () => [] };
  return entry.device ? assembledLook(entry, entry.device) : unassembledLook(entry);
}

function assembledLook(entry: DeviceEntry, device: RemapDevice): NodeLook {
  const { name, deviceFile, scenario } = entry;
  const { state, remaps, sectors } = device.info();
  const troubles = troublesOf(entry);
  const facts = factsOf(state, remaps, troubles);
  return {
    label: name,
    description: facts.join(' · '),
    icon: scenario === undefined ? iconOf(troubles[0]) : { id: 'beaker', color: 'testing.iconQueued' },
    contextValue: scenario === undefined ? menusOf(entry, device, state) : 'scenario.device',
    spoken: `Device ${name}, ${spokenSeverity(troubles[0])}${facts.join(', ')}`,
    tooltip: () => [
      `${name}: ${stateWords[state]}, ${plural(sectors, 'sector')}, ${formatSize(sectors)}`,
      ...troubles.map(({ text }) => text),
      scenario === undefined
        ? (deviceFile ?? 'assembled from its images, without a device file')
        : `of the running scenario ${scenario}`,
    ],
  };
}

/** What is wrong in few words, the worst first; the state, unless one of them says it; and the remaps. */
function factsOf(state: DeviceState, remaps: number, troubles: readonly Trouble[]): string[] {
  const shorts = troubles.map(({ short }) => short);
  const isSaid =
    (state === 'active' && shorts.length > 0) ||
    troubles.some(({ kind }) => kind === state || (kind === 'opened' && state === 'readonly'));
  return [...new Set(shorts), ...(isSaid ? [] : [stateWords[state]]), plural(remaps, 'remap')];
}

function iconOf(worst: Trouble | undefined): NodeIcon {
  if (!worst) return { id: 'database', color: 'testing.iconPassed' };
  if (worst.severity === 'error') return icons.bad;
  const own = ownIcons[worst.kind];
  if (own) return own;
  return worst.severity === 'warning' ? icons.warning : { id: 'info', color: 'problemsInfoIcon.foreground' };
}

function spokenSeverity(worst: Trouble | undefined): string {
  return worst && worst.severity !== 'info' ? `${worst.severity}: ` : '';
}

function menusOf({ deviceFile }: DeviceEntry, { spec, displaced }: RemapDevice, state: DeviceState): string {
  return [
    'device',
    'assembled',
    state,
    ...(spec.readOnly !== undefined ? ['openedReadOnly'] : []),
    ...(displaced.length > 0 ? ['displaced'] : []),
    ...(deviceFile ? ['file'] : []),
  ].join('.');
}

function unassembledLook(entry: DeviceEntry): NodeLook {
  const { name, deviceFile } = entry;
  const troubles = troublesOf(entry);
  const problem = troubles.find(({ kind }) => kind === 'problem');
  const others = troubles.filter((trouble) => trouble !== problem).map(({ short }) => short);
  const facts = [problem ? `not assembled: ${problem.text.replace(/\.$/, '')}` : 'not assembled', ...others];
  return {
    label: name,
    description: facts.join(' · '),
    icon: troubles.length > 0 ? iconOf(troubles[0]) : { id: 'database', color: 'disabledForeground' },
    contextValue: ['device', 'unassembled', ...(deviceFile ? ['file'] : [])].join('.'),
    spoken: `Device ${name}, ${facts.join(', ')}`,
    tooltip: () => [
      `${name} is not assembled`,
      ...troubles.map(({ text }) => text),
      ...(deviceFile ? [deviceFile] : []),
    ],
  };
}
