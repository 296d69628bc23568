import type { DeviceInfo, MarkerVerification } from '../engine';
import { countMissing, formatFacts, formatVerification } from './reportText';
import { formatCount, plural } from './wording';

/** A device before it went down and after it came back, and whether its markers are still there. */
export interface Survival {
  /** What it went through, such as "the reload". */
  readonly what: string;
  readonly before: DeviceInfo;
  /** Before its markers were verified. */
  readonly after: DeviceInfo;
  readonly verification: MarkerVerification;
}

/** In a sentence or two: what is still there, and what began anew. */
export function describeSurvival({ what, before, after, verification }: Survival): string {
  const { verified, total } = verification;
  const found = [`${verified}/${total} sectors verified after ${what}`, ...countMissing(verification)];
  const counters = `reads ${change(before, after, 'reads')}, writes ${change(before, after, 'writes')}`;
  return `${after.name}: ${[...found, keptRemaps(before, after)].join(', ')}. The counters restarted: ${counters}.`;
}

/** The same with every marker and counter. */
export function formatSurvival(survival: Survival): string {
  const { before, after, verification } = survival;
  const counters = formatFacts([
    ['Remaps', keptRemaps(before, after)],
    ['Reads', change(before, after, 'reads')],
    ['Writes', change(before, after, 'writes')],
    ['Errors', change(before, after, 'errors')],
  ]);
  return `${formatVerification(verification)}\nBefore → after ${survival.what}\n${counters}`;
}

function keptRemaps({ remaps: before }: DeviceInfo, { remaps: after }: DeviceInfo): string {
  return before === after
    ? `${plural(after, 'remap')} kept`
    : `${formatCount(after)} of ${plural(before, 'remap')} kept`;
}

function change(before: DeviceInfo, after: DeviceInfo, counter: 'reads' | 'writes' | 'errors'): string {
  return `${formatCount(before.statistics[counter])} → ${formatCount(after.statistics[counter])}`;
}
