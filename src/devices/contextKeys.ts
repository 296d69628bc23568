import * as vscode from 'vscode';
import { type ContextKey, contextKeys } from '../manifest';

/** Sets the keys of our `when` clauses, each only when its value changes. No other code sets them. */
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
