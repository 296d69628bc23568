import * as vscode from 'vscode';
import type { ModuleName } from '../engine';
import { settings } from '../manifest';

/** What is assembled when a window opens: the devices of the last window, those of all device files, or none. */
type AssembleAtStart = 'remembered' | 'all' | 'none';

/** By what the devices are ordered in the side bar: the troubled ones first, or by their names, states or sizes. */
export type DeviceOrder = 'trouble' | 'name' | 'state' | 'size';

interface SettingTypes {
  modulesAtStart: ModuleName[];
  assembleAtStart: AssembleAtStart;
  reloadWaitSeconds: number;
  statusDialect: 'v4.0.3' | 'head';
  /** MiB a second; 0 for no limit. */
  scanRate: number;
  deviceOrder: DeviceOrder;
  testSoakSeconds: number;
  testPowerLossPoints: number;
  testSeed: number;
}

/** A setting's value; its default is in package.json. */
export function readSetting<K extends keyof SettingTypes>(name: K): SettingTypes[K] {
  return vscode.workspace.getConfiguration().get(settings[name]) as SettingTypes[K];
}
