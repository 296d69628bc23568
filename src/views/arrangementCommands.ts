import * as vscode from 'vscode';
import { ContextKeys } from '../devices/contextKeys';
import type { DevicesService } from '../devices/devicesService';
import { type DeviceOrder, readSetting } from '../devices/settings';
import { type CommandHandler, defineAction } from '../frame/command';
import { contextKeys, settings, uiCommands } from '../manifest';
import type { Arrangement } from './deviceOrder';

const ORDERS: Readonly<Record<DeviceOrder, { readonly label: string; readonly description: string }>> = {
  trouble: { label: 'By Trouble', description: 'what needs attention first, then by name' },
  name: { label: 'By Name', description: 'dev2 before dev10' },
  state: { label: 'By State', description: 'degraded, read-only, suspended, active, not assembled' },
  size: { label: 'By Size', description: 'the largest first' },
};

/** What people chose to see of the devices, and the commands by which they choose it. */
export class DeviceArrangement implements vscode.Disposable {
  readonly #contextKeys = new ContextKeys();
  readonly #change = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#change.event;
  readonly #registered: vscode.Disposable;
  #filter = '';

  constructor(devices: DevicesService) {
    const register = (id: string, handle: CommandHandler) =>
      vscode.commands.registerCommand(id, (...args: unknown[]) => handle(devices, args));
    this.#registered = vscode.Disposable.from(
      register(uiCommands.filterDevices, this.#askFilter()),
      register(
        uiCommands.clearDeviceFilter,
        defineAction('Clear Filter', async () => this.clearFilter()),
      ),
      register(uiCommands.orderDevices, this.#askOrder()),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(settings.deviceOrder)) this.#change.fire();
      }),
    );
  }

  current(): Arrangement {
    return { order: readSetting('deviceOrder'), filter: this.#filter };
  }

  clearFilter(): void {
    this.#setFilter('');
  }

  dispose(): void {
    this.#registered.dispose();
    this.#change.dispose();
    this.#contextKeys.dispose();
  }

  #setFilter(filter: string): void {
    this.#filter = filter;
    this.#contextKeys.set(contextKeys.isFiltered, filter !== '');
    this.#change.fire();
  }

  #askFilter(): CommandHandler {
    return defineAction('Filter Devices', async (_origin, dialog) => {
      const words = await dialog.text({
        prompt: 'Words of a name, a path, a state or a trouble, such as "bad degraded"; empty: all devices',
        value: this.#filter,
        read: (typed) => typed.trim(),
      });
      this.#setFilter(words);
    });
  }

  #askOrder(): CommandHandler {
    return defineAction('Sort Devices', async (_origin, dialog) => {
      const now = readSetting('deviceOrder');
      const choices = (Object.keys(ORDERS) as DeviceOrder[]).map((value) => {
        const { label, description } = ORDERS[value];
        return { label, description: value === now ? `${description} (now)` : description, value };
      });
      const order = await dialog.choice('Order of the devices in the side bar', choices);
      const configuration = vscode.workspace.getConfiguration();
      const isOfWorkspace = configuration.inspect(settings.deviceOrder)?.workspaceValue !== undefined;
      await configuration.update(settings.deviceOrder, order, !isOfWorkspace);
    });
  }
}
