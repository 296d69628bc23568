import { countUnreadable, plural } from '../contract/wording';
import type { DeviceEntry } from '../devices/deviceEntry';

/** What the status bar says about a device, and what a click on it does. */
export interface StatusState {
  /** The name of a codicon. */
  readonly icon: string;
  readonly text: string;
  /** Lines. */
  readonly tooltip: readonly string[];
  readonly action: 'show' | 'assemble' | 'resume';
  /** Something needs attention. */
  readonly isWarning: boolean;
}

/** The status bar's content for a device. */
export function statusState({ name, device }: DeviceEntry): StatusState {
  if (!device) {
    const tooltip = [`The device ${name} is not assembled. Click to assemble it.`];
    return {
      icon: 'database',
      text: `${name}: not assembled`,
      tooltip,
      action: 'assemble',
      isWarning: false,
    };
  }
  const info = device.info();
  const { state, remaps, reasons } = info;
  const facts = [plural(remaps, 'remap'), ...countUnreadable(info)];
  const isSuspended = state === 'suspended';
  return {
    icon: isSuspended ? 'debug-pause' : 'database',
    text: `${name}: ${[state, ...facts].join(', ')}`,
    tooltip: [
      `Remap device ${name}: ${state}, ${facts.join(', ')}.`,
      ...reasons.map((reason) => `${reason}.`),
      isSuspended ? 'Click to resume it.' : 'Click to show it.',
    ],
    action: isSuspended ? 'resume' : 'show',
    isWarning: state === 'degraded' || state === 'readonly',
  };
}
