import { compareNames } from '../contract/wording';
import type { DeviceEntry } from '../devices/deviceEntry';
import type { DeviceOrder } from '../devices/settings';
import { severityOf, type Trouble } from '../devices/trouble';
import { troublesOf } from '../devices/troublesOf';
import { stateOf } from './deviceLook';

/** Which devices the view lists, and in which order. */
export interface Arrangement {
  readonly order: DeviceOrder;
  /** Words that all have to be in what a device's row and path say; empty: every device is listed. */
  readonly filter: string;
}

/** A device with what is wrong with it, and what its order goes by. */
interface Ranked {
  readonly entry: DeviceEntry;
  readonly troubles: readonly Trouble[];
}

type Compare = (a: Ranked, b: Ranked) => number;

/** The most urgent state first. */
const STATES = ['degraded', 'read-only', 'suspended', 'active', 'not assembled'];

const byName: Compare = (a, b) =>
  compareNames(a.entry.name, b.entry.name) || compareNames(a.entry.deviceKey, b.entry.deviceKey);

const ORDERS: Readonly<Record<DeviceOrder, Compare>> = {
  name: byName,
  trouble: (a, b) => urgency(a) - urgency(b) || byName(a, b),
  state: (a, b) => STATES.indexOf(stateOf(a.entry)) - STATES.indexOf(stateOf(b.entry)) || byName(a, b),
  size: (a, b) => sectorsOf(b) - sectorsOf(a) || byName(a, b),
};

/** The devices that match the filter, in their order. */
export function arrange(entries: readonly DeviceEntry[], { order, filter }: Arrangement): DeviceEntry[] {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  return entries
    .map((entry) => ({ entry, troubles: troublesOf(entry) }))
    .filter((ranked) => words.length === 0 || matches(ranked, words))
    .sort(ORDERS[order])
    .map(({ entry }) => entry);
}

/** What is harmless doesn't come before what is healthy: rows would move for nothing. */
function urgency({ troubles }: Ranked): number {
  const severity = severityOf(troubles);
  return severity === 'error' ? 0 : severity === 'warning' ? 1 : 2;
}

function sectorsOf({ entry }: Ranked): number {
  return entry.device?.sectorCount ?? 0;
}

function matches({ entry, troubles }: Ranked, words: readonly string[]): boolean {
  const facts = [entry.name, entry.deviceKey, stateOf(entry), ...troubles.map(({ short }) => short)];
  const text = facts.join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}
