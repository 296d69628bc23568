import * as vscode from 'vscode';
import { withoutIcons } from '../contract/foreignText';
import type { DevicesService } from '../devices/devicesService';
import type { Severity } from '../devices/trouble';
import { printable } from '../engine';
import { Soon } from './soon';
import { statusState } from './statusState';

/** Changes come in bursts: the last of them is shown this soon. */
const CALM_MS = 100;

/** Only real trouble has a colour. */
const backgrounds: Readonly<Partial<Record<Severity, string>>> = {
  error: 'statusBarItem.errorBackground',
  warning: 'statusBarItem.warningBackground',
};

/** Shows the state of the device that people look at. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('remap.device', vscode.StatusBarAlignment.Left, 10);
  readonly #following: vscode.Disposable;
  readonly #update = new Soon(() => this.#show(), CALM_MS);

  constructor(private readonly devices: DevicesService) {
    this.#item.name = 'Remap Device';
    this.#following = devices.onDidChange(({ kind }) => {
      if (kind !== 'log' && kind !== 'sectors') this.#update.ask();
    });
    this.#show();
  }

  dispose(): void {
    this.#following.dispose();
    this.#update.dispose();
    this.#item.dispose();
  }

  #show(): void {
    const entry = this.devices.focus();
    if (!entry) {
      this.#item.hide();
      return;
    }
    const { icon, text, tooltip, click, severity } = statusState(entry);
    this.#item.text = `$(${icon}) ${withoutIcons(text)}`;
    const hover = tooltip.map(printable).join('\n');
    this.#item.tooltip = hover;
    this.#item.accessibilityInformation = { label: hover };
    const background = severity && backgrounds[severity];
    this.#item.backgroundColor = background === undefined ? undefined : new vscode.ThemeColor(background);
    const { title, command, args } = click;
    this.#item.command = { command, title, arguments: [...args] };
    this.#item.show();
  }
}
