import * as vscode from 'vscode';
import type { ModuleName } from '../engine';
import { settings } from '../manifest';

/** When a window opens: what was assembled when it closed, every device file, or nothing. */
type AssembleAtStart = 'remembered' | 'all' | 'none';

interface SettingTypes {
  modulesAtStart: ModuleName[];
  assembleAtStart: AssembleAtStart;
  reloadWaitSeconds: number;
  statusDialect: 'v4.0.3' | 'head';
  /** MiB a second; 0 for no limit. */
  scanRate: number;
  testSoakSeconds: number;
  testPowerLossPoints: number;
  testSeed: number;
}

/** A setting's value; its default is package.json's. */
export function readSetting<K extends keyof SettingTypes>(name: K): SettingTypes[K] {
  return vscode.workspace.getConfiguration().get(settings[name]) as SettingTypes[K];
}
