import type { MarkerVerification } from '../engine';
import { type ContextKey, contextKeys } from '../manifest';

const { hasCreated, hasWrittenMarkers, hasMovedMarker, hasReloaded, hasLostPower } = contextKeys;

/** How devices went down and came back. */
export type Restart = 'reload' | 'reboot' | 'powerLoss';

const keys: Readonly<Partial<Record<Restart, ContextKey>>> = { reload: hasReloaded, powerLoss: hasLostPower };

/**
 * What was really done, as keys that complete the walkthrough's steps. Each is true for a moment: a step whose key is true
 * when VS Code first reads the walkthrough is never completed in that window.
 */
export class Milestones {
  readonly #set: (key: ContextKey, value: boolean) => void;
  /** What each device went through since its markers were last verified. */
  readonly #restarts = new Map<string, Set<ContextKey>>();

  constructor(set: (key: ContextKey, value: boolean) => void) {
    this.#set = set;
  }

  /** A device and its images were made. */
  created(): void {
    this.#reach(hasCreated);
  }

  /** Markers were written and flushed; those at `remapped` moved to the spare. */
  markersWritten(remapped: readonly number[]): void {
    this.#reach(hasWrittenMarkers);
    if (remapped.length > 0) this.#reach(hasMovedMarker);
  }

  /** These devices went down; some may not have come back. */
  restarted(devices: readonly { readonly name: string }[], how: Restart): void {
    const key = keys[how];
    if (key === undefined) return;
    for (const { name } of devices) this.#restarts.set(name, new Set(this.#restarts.get(name)).add(key));
  }

  /** Markers were verified: what the device went through, it survived, if all are there. */
  verified(device: string, { verified, total }: MarkerVerification): void {
    if (total === 0 || verified < total) return;
    for (const key of this.#restarts.get(device) ?? []) this.#reach(key);
    this.#restarts.delete(device);
  }

  #reach(key: ContextKey): void {
    this.#set(key, true);
    this.#set(key, false);
  }
}
