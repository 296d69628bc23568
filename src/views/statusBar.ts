import * as vscode from 'vscode';
import { withoutIcons } from '../contract/foreignText';
import type { DevicesService } from '../devices/devicesService';
import { printable } from '../engine';
import type { TreeReference } from '../frame/treeReference';
import { commands, uiCommands } from '../manifest';
import { type StatusState, statusState } from './statusState';

const actions: Readonly<Record<StatusState['action'], string>> = {
  show: uiCommands.showDevice,
  assemble: commands.assemble,
  resume: commands.resume,
};

/** Shows the state of the device that people look at. */
export class StatusBar implements vscode.Disposable {
  readonly #item = vscode.window.createStatusBarItem('remap.device', vscode.StatusBarAlignment.Left, 10);
  readonly #following: vscode.Disposable;

  constructor(private readonly devices: DevicesService) {
    this.#item.name = 'Remap Device';
    this.#following = devices.onDidChange(({ kind }) => {
      if (kind !== 'log' && kind !== 'sectors') this.#update();
    });
    this.#update();
  }

  dispose(): void {
    this.#following.dispose();
    this.#item.dispose();
  }

  #update(): void {
    const entry = this.devices.focus();
    if (!entry) {
      this.#item.hide();
      return;
    }
    const { icon, text, tooltip, action, isWarning } = statusState(entry);
    this.#item.text = `$(${icon}) ${withoutIcons(text)}`;
    const hover = tooltip.map(printable).join('\n');
    this.#item.tooltip = hover;
    this.#item.accessibilityInformation = { label: hover };
    this.#item.backgroundColor = isWarning
      ? new vscode.ThemeColor('statusBarItem.warningBackground')
      : undefined;
    const reference: TreeReference = { treeReference: true, deviceKey: entry.deviceKey };
    this.#item.command = { command: actions[action], title: text, arguments: [reference] };
    this.#item.show();
  }
}
