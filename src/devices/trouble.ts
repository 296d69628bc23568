import type { DeviceEntry } from './deviceEntry';

/** `error`: what the device is for doesn't work, or data may be lost. `info`: a choice, or harmless. */
export type Severity = 'error' | 'warning' | 'info';

/** A command that mends a trouble or leads to where that is done; it is called with these arguments. */
export interface Cure {
  /** As the command palette names it. */
  readonly title: string;
  readonly command: string;
  readonly args: readonly unknown[];
}

/** Something about a device that is not as it should be, or that is good to know. */
export interface Trouble {
  readonly kind: string;
  readonly severity: Severity;
  /** A few words, for the device's row. */
  readonly short: string;
  /** One sentence. */
  readonly text: string;
  readonly cure: Cure;
}

/** How bad the worst is; undefined: there is none. */
export function severityOf(troubles: readonly Trouble[]): Severity | undefined {
  const found = new Set(troubles.map(({ severity }) => severity));
  return (['error', 'warning', 'info'] as const).find((severity) => found.has(severity));
}

/** The cure that is a command for this device. */
export function cureBy(title: string, command: string, { deviceKey }: DeviceEntry, ...more: unknown[]): Cure {
  return { title, command, args: [{ treeReference: true, deviceKey }, ...more] };
}
