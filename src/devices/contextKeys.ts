import * as vscode from 'vscode';
import { type ContextKey, contextKeys } from '../manifest';

/** The one owner of our `when` keys: sets a key only when its value changes. */
export class ContextKeys implements vscode.Disposable {
  readonly #values = new Map<ContextKey, boolean>();

  set(key: ContextKey, value: boolean): void {
    if (this.#values.get(key) === value) return;
    this.#values.set(key, value);
    void vscode.commands.executeCommand('setContext', key, value);
  }

  dispose(): void {
    for (const key of Object.values(contextKeys)) this.set(key, false);
  }
}
