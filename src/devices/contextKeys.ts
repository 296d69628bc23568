import * as vscode from 'vscode';
import type { RemapDevice } from '../engine';
import { type ContextKey, contextKeys } from '../manifest';
import type { DeviceEntry } from './deviceEntry';
import { type MappedImage, situationsOf } from './imageSituations';
import { hasPair } from './pairing';

/** Sets keys of our `when` clauses, each only when its value changes. A key is set by one object of this class alone. */
export class ContextKeys implements vscode.Disposable {
  readonly #values = new Map<ContextKey, boolean>();

  set(key: ContextKey, value: boolean): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }

  /** Sets the keys that tell which devices there are. */
  tellDevices(all: readonly DeviceEntry[]): void {
    const entries = all.filter((entry) => entry.scenario === undefined);
    const assembled = entries.flatMap(({ device }) => device ?? []);
    this.set(contextKeys.hasDevices, entries.length > 0);
    this.set(contextKeys.hasAssembled, assembled.length > 0);
    this.set(contextKeys.hasUnassembled, assembled.length < entries.length);
    this.set(
      contextKeys.hasDisplaced,
      assembled.some(({ displaced }) => displaced.length > 0),
    );
    this.tellSuspended(assembled);
  }

  /** Sets the key that tells whether one of the assembled devices is suspended. */
  tellSuspended(assembled: readonly RemapDevice[]): void {
    this.set(
      contextKeys.hasSuspended,
      assembled.some(({ suspended }) => suspended),
    );
  }

  /** Sets the keys that tell what the images are that belong to no device. */
  tellImages(images: readonly MappedImage[]): void {
    this.set(contextKeys.hasNoPair, !hasPair(images));
    this.set(contextKeys.hasNoAdvice, situationsOf(images).length === 0);
  }

  dispose(): void {
    for (const key of this.#values.keys()) this.set(key, false);
  }
}
