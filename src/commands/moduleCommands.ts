import { text } from '../contract/argumentReaders';
import { type RebootChoice, rebootOptions, reloadModuleOptions } from '../contract/commandArguments';
import { unsavedLosses } from '../contract/displacedTexts';
import { describeLosses } from '../contract/losses';
import type { Task } from '../contract/task';
import { plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { readSetting } from '../devices/settings';
import { type BeforeAndAfter, MODULE_NAMES, type ModuleState, RemapError } from '../engine';
import { type CommandOrigin, define, defineAction } from '../frame/command';
import { confirm } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { mention, warn } from '../frame/notifications';
import { isTreeReference } from '../frame/treeReference';
import { commands, uiCommands } from '../manifest';

interface Reload {
  /** Undefined: all devices. */
  readonly device: unknown;
  readonly waitMs: number;
}

/** Commands that load, unload and reload modules, and reboot the machine. */
export function moduleCommands(devices: DevicesService) {
  const { machine } = devices;
  const reload = {
    progress: 'Reloading the module',
    cancellable: true,
    fromCode: ([device, options]: readonly unknown[]): Reload => {
      const { wait = waitSetting() } = reloadModuleOptions(options);
      return { device, waitMs: wait * 1000 };
    },
    run: ({ device, waitMs }: Reload, { signal, report }: Task) =>
      devices.reload(device, { waitMs, signal, onStep: report }),
  };
  const reboot = {
    progress: 'Rebooting',
    fromCode: ([options]: readonly unknown[]): RebootChoice => rebootOptions(options),
    run: (options: RebootChoice, { report }: Task) => devices.reboot({ ...options, onStep: report }),
  };
  return {
    [commands.loadModule]: define({
      progress: 'Loading a module',
      fromCode: ([name]) => text(name, 'name'),
      title: 'Load Module',
      fromPerson: (origin, dialog) => askModule(devices, origin, dialog, false),
      run: (name) => machine.loadModule(name),
    }),
    [commands.unloadModule]: define({
      progress: 'Unloading a module',
      fromCode: ([name]) => text(name, 'name'),
      title: 'Unload Module',
      fromPerson: (origin, dialog) => askModule(devices, origin, dialog, true),
      run: (name) => machine.unloadModule(name),
    }),
    [commands.listModules]: define({
      progress: 'Listing modules',
      fromCode: () => undefined,
      run: () => machine.modules(),
      tell: (modules) =>
        mention(`Loaded: ${modules.flatMap(({ name, loaded }) => (loaded ? name : [])).join(', ')}`),
    }),
    [commands.reloadModule]: define(reload),
    [commands.reboot]: define(reboot),
    [uiCommands.loadAllModules]: defineAction('Load All Modules', async () => {
      for (const name of MODULE_NAMES) await machine.loadModule(name);
    }),
    [uiCommands.askReloadModule]: define({
      ...reload,
      fromPerson: (origin) => askReload(devices, origin),
      tell: (result) => tellLosses(devices, result, 'Reloaded'),
    }),
    [uiCommands.askReboot]: define({
      ...reboot,
      title: 'Reboot',
      fromPerson: (_origin, dialog) => askReboot(devices, dialog),
      tell: (result) => tellLosses(devices, result, 'Rebooted'),
    }),
  };
}

/** Seconds between unloading and loading, as the settings say. */
export function waitSetting(): number {
  return readSetting('reloadWaitSeconds');
}

async function askModule(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
  loaded: boolean,
): Promise<string> {
  if (isTreeReference(origin) && origin.moduleName !== undefined) return origin.moduleName;
  const modules = devices.machine.modules().filter((module) => module.loaded === loaded);
  if (modules.length === 0)
    throw new RemapError('ENOENT', `no module is ${loaded ? 'loaded' : 'left to load'}`);
  return dialog.choice(
    'Module',
    modules.map(({ name, usedBy }) => ({
      label: name,
      description: usedBy.length > 0 ? `used by ${usedBy.join(', ')}` : '',
      value: name,
    })),
  );
}

async function askReload(devices: DevicesService, origin: CommandOrigin): Promise<Reload | undefined> {
  const device =
    isTreeReference(origin) && origin.deviceKey !== undefined ? devices.get(origin).name : undefined;
  return (await confirmReload(devices)) ? { device, waitMs: waitSetting() * 1000 } : undefined;
}

/** Asks whether to reload the module, and says what goes. */
export function confirmReload(devices: DevicesService): Promise<boolean> {
  const detail = [
    'All devices are suspended, resumed and removed, the modules real and stats unloaded and loaded again, and the devices created anew.',
    isLoaded(devices, 'metadata')
      ? 'The remap tables persist: dm-remap-v4-metadata is loaded.'
      : 'dm-remap-v4-metadata is not loaded: remap entries made since then are lost.',
  ].join(' ');
  return confirm('Reload the dm-remap module?', detail, 'Reload');
}

/** Whether a module is loaded in the user's own machine. */
export function isLoaded({ machine }: DevicesService, wanted: ModuleState['name']): boolean {
  return machine.modules().some(({ name, loaded }) => name === wanted && loaded);
}

async function askReboot(devices: DevicesService, dialog: Dialog): Promise<RebootChoice | undefined> {
  const powerLoss = await dialog.choice('How does the machine go down?', [
    { label: 'Reboot', description: 'everything written reaches the images', value: false },
    { label: 'Power Loss', description: 'what was not flushed is lost, in any combination', value: true },
  ]);
  return (await confirmReboot(devices, powerLoss)) ? { powerLoss } : undefined;
}

/** Asks whether to reboot, and says what goes. */
export function confirmReboot(devices: DevicesService, powerLoss: boolean): Promise<boolean> {
  const detail = [
    'All memory of the devices is dropped.',
    ...unsavedLosses(devices.machine.devices()),
    ...(powerLoss ? ['Sectors written since the last flush are lost or kept at random.'] : []),
    isLoaded(devices, 'setup-reassembly')
      ? 'The devices of the workspace are reassembled.'
      : 'No device is reassembled: dm-remap-v4-setup-reassembly is not loaded.',
  ].join(' ');
  const verb = powerLoss ? 'Cut the Power' : 'Reboot';
  return confirm(`${verb} now?`, detail, verb);
}

/** Tells what a reload or reboot lost: the procedure is there to show that. */
async function tellLosses(devices: DevicesService, result: BeforeAndAfter, done: string): Promise<void> {
  const losses = describeLosses(result);
  const { before, after } = result;
  if (losses.length === 0) {
    mention(`${done}: ${plural(after.length, 'device')}, nothing lost`);
    return;
  }
  const actions = after.length < before.length ? ['Assemble All', 'Show Log'] : ['Show Log'];
  const chosen = await warn(`${done}: ${losses.join('; ')}.`, ...actions);
  if (chosen === 'Show Log') devices.log.show();
  if (chosen === 'Assemble All') await devices.assembleAll();
}
