import { commands, editorCommands, uiCommands, walkthroughCommands } from '../../../src/manifest';

/**
 * The commands that only look: they check, show, list, verify, read, copy or open, and write no byte (R15). For each the
 * arguments with which `looking.test.ts` calls it on an assembled device.
 */
export const LOOKING: Readonly<Record<string, (device: string, spare: string) => readonly unknown[]>> = {
  [commands.listDevices]: () => [],
  [commands.getDevice]: (device) => [device],
  [commands.listRemaps]: (device) => [device, { limit: 10 }],
  [commands.read]: (device) => [device, { sector: 990, count: 1200 }],
  [commands.verifyMarkers]: (device) => [device, { sectors: [1000, 5], text: 'P {sector} g1' }],
  [commands.listModules]: () => [],
  [commands.status]: (device) => [device],
  [commands.table]: (device) => [device],
  [commands.checkMetadata]: (_device, spare) => [spare],
  [commands.openSectors]: (device) => [device, { sector: 1000, view: 'spare' }],
  [commands.listExports]: () => [],
  [uiCommands.pauseScan]: () => [],
  [uiCommands.resumeScan]: () => [],
  [uiCommands.showDevice]: () => [],
  [uiCommands.clearDeviceFilter]: () => [],
  [uiCommands.clearRemapFilter]: () => [],
  [uiCommands.openDeviceFile]: () => [],
  [uiCommands.revealInExplorer]: () => [],
  [uiCommands.copyPath]: () => [],
  [uiCommands.copyStatus]: () => [],
  [uiCommands.copyTable]: () => [],
  [uiCommands.copyShellScript]: () => [],
  [uiCommands.refresh]: () => [],
  [uiCommands.showLog]: () => [],
  [editorCommands.goTo]: () => [],
  [editorCommands.find]: () => [],
  [editorCommands.revealInRemaps]: () => [],
  [editorCommands.toggleInspector]: () => [],
  [editorCommands.copyHex]: () => [],
  [editorCommands.copyText]: () => [],
  [editorCommands.copyC]: () => [],
  [editorCommands.copyBase64]: () => [],
};

/** Those that only look, and ask a person what at. */
export const ASKING: readonly string[] = [
  uiCommands.filterDevices,
  uiCommands.orderDevices,
  uiCommands.sortRemaps,
  uiCommands.filterRemaps,
  uiCommands.showRemap,
  uiCommands.querySectors,
  uiCommands.copyExportUri,
  uiCommands.copyExportCommand,
];

/** The other commands: they may write, each what its name says. */
export const WRITING: readonly string[] = [
  commands.createDevice,
  commands.assemble,
  commands.assembleAll,
  commands.remove,
  commands.suspend,
  commands.resume,
  commands.write,
  commands.injectErrors,
  commands.clearErrors,
  commands.remapSector,
  commands.unremapSector,
  commands.dropRemap,
  commands.writeMarkers,
  commands.loadModule,
  commands.unloadModule,
  commands.reloadModule,
  commands.reboot,
  commands.message,
  commands.repairMetadata,
  commands.relocate,
  commands.exportPaths,
  commands.scan,
  commands.addSpare,
  commands.saveOpenImage,
  commands.breakLock,
  commands.export,
  commands.unexport,
  uiCommands.openForWriting,
  uiCommands.deleteDevice,
  uiCommands.useMap,
  commands.runPersistenceTest,
  uiCommands.loadAllModules,
  uiCommands.askReloadModule,
  uiCommands.askReboot,
  uiCommands.askPersistenceTest,
  uiCommands.askPersistenceTestOnCopy,
  ...Object.values(walkthroughCommands),
];

/** Those of them that a read-only device doesn't refuse: what they do to it must write nothing either. */
export const HARMLESS_WHEN_READ_ONLY: Readonly<Record<string, (device: string) => readonly unknown[]>> = {
  [commands.suspend]: (device) => [device],
  [commands.resume]: (device) => [device],
  [commands.message]: (device) => [device, 'listbadblocks'],
  [commands.scan]: (device) => [device],
  [commands.export]: (device) => [device],
  [commands.unexport]: (device) => [device],
  [commands.reloadModule]: (device) => [device, { wait: 0 }],
};
