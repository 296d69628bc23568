import { count, nameList, Options, seconds, whole } from '../contract/argumentReaders';
import { pathFrom } from '../contract/paths';
import { workspaceFolders } from '../devices/workspaceFiles';
import { type ScenarioSettings, selectScenarios } from '../engine';
import type { PersistenceTest } from './persistenceTests';

/** The test that a caller in code wants. @throws RemapError `EINVAL` naming what is wrong */
export function testFrom(value: unknown): PersistenceTest {
  const options = new Options(value);
  const folder = options.optional('folder', (given, name) => pathFrom(given, name, workspaceFolders()[0]));
  const device = options.optional('device', (given) => given);
  return {
    scenarios: selectScenarios(options.optional('scenarios', nameList)),
    settings: options.optional('settings', settingsFrom) ?? {},
    ...(folder !== undefined && { folder }),
    ...(device !== undefined && { device }),
  };
}

function settingsFrom(value: unknown): Partial<ScenarioSettings> {
  const options = new Options(value);
  const readers = {
    soakSeconds: seconds,
    powerLossPoints: count,
    remapCount: count,
    reloadCount: count,
    largeRemapCount: count,
    seed: whole,
  } satisfies Record<keyof ScenarioSettings, unknown>;
  const settings: { -readonly [name in keyof ScenarioSettings]?: number } = {};
  for (const name of Object.keys(readers) as (keyof ScenarioSettings)[]) {
    const given = options.optional(name, readers[name]);
    if (given !== undefined) settings[name] = given;
  }
  return settings;
}
