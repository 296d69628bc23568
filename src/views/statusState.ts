import { plural, stateWords } from '../contract/wording';
import type { DeviceEntry } from '../devices/deviceEntry';
import { type Cure, cureBy, type Severity, type Trouble } from '../devices/trouble';
import { troublesOf } from '../devices/troublesOf';
import { commands, uiCommands } from '../manifest';

/** What the status bar says about a device, and what a click on it does. */
export interface StatusState {
  /** The name of a codicon. */
  readonly icon: string;
  readonly text: string;
  /** Lines. */
  readonly tooltip: readonly string[];
  /** What a click runs. */
  readonly click: Cure;
  /** How bad the worst trouble is; undefined: there is none. */
  readonly severity: Severity | undefined;
}

const severityIcons: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  info: 'info',
};

/** The status bar's content for a device: the worst of what is wrong with it, and the way to the cure. */
export function statusState(entry: DeviceEntry): StatusState {
  const troubles = troublesOf(entry);
  const [worst] = troubles;
  const click = worst?.cure ?? calmClick(entry);
  return {
    icon: iconOf(worst),
    text: `${entry.name}: ${worst?.short ?? calmFacts(entry)}`,
    tooltip: [
      `Remap device ${entry.name}: ${calmFacts(entry)}.`,
      ...troubles.map(({ text }) => text),
      `Click for: ${click.title}`,
    ],
    click,
    severity: worst?.severity,
  };
}

function iconOf(worst: Trouble | undefined): string {
  if (!worst) return 'database';
  return worst.kind === 'suspended' ? 'debug-pause' : severityIcons[worst.severity];
}

function calmFacts({ device }: DeviceEntry): string {
  if (!device) return 'not assembled';
  const { state, remaps } = device.info();
  return `${stateWords[state]}, ${plural(remaps, 'remap')}`;
}

function calmClick(entry: DeviceEntry): Cure {
  return entry.device
    ? cureBy('Show Device in Side Bar', uiCommands.showDevice, entry)
    : cureBy('Assemble Device...', commands.assemble, entry);
}
