import { mkdir, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type DeviceImages,
  Machine,
  type RemapDevice,
  runScenario,
  type Scenario,
  type ScenarioResult,
  type ScenarioSettings,
} from '../engine';
import { formatDeviceFile, pathInDeviceFile } from './deviceFile';

/** Which scenarios to run, and how. */
export interface ScenarioRun {
  readonly scenarios: readonly Scenario[];
  readonly settings: ScenarioSettings;
  /** Gets a folder with images for each scenario. It must not exist; it is removed unless images are kept. */
  readonly folder: string;
  /** Images that the scenarios which can use copies get copies of. */
  readonly imagesToCopy?: DeviceImages;
  readonly signal?: AbortSignal;
}

/** What is called while scenarios run. */
export interface RunFollower {
  /** Called with each scenario's machine; what it returns is disposed of when the scenario ends. */
  attach?(machine: Machine, scenario: Scenario): { dispose(): void };
  onStep?(scenario: Scenario, text: string): void;
  onProgress?(scenario: Scenario, text: string): void;
  onEnd?(outcome: Outcome): void;
}

/** A scenario's result, and the files that a failure left. */
export interface Outcome {
  readonly result: ScenarioResult;
  /** The folder with the images of a scenario that failed; null when it passed. */
  readonly keptFolder: string | null;
  /** The device file in it, for the sector editor; null when the scenario failed without a device. */
  readonly deviceFile: string | null;
}

/**
 * Runs scenarios one after the other, each with images and a machine of its own. The images are removed after a pass,
 * and kept after a failure with a device file beside them.
 * @throws RemapError `ECANCELED` when the signal ends it
 */
export async function runScenarios(run: ScenarioRun, follower: RunFollower = {}): Promise<Outcome[]> {
  await mkdir(run.folder);
  try {
    const outcomes: Outcome[] = [];
    for (const scenario of run.scenarios) {
      const outcome = await runOne(scenario, run, follower);
      outcomes.push(outcome);
      follower.onEnd?.(outcome);
    }
    return outcomes;
  } finally {
    // Fails while the images of a failure are in it, as it should.
    await rmdir(run.folder).catch(() => undefined);
  }
}

async function runOne(scenario: Scenario, run: ScenarioRun, follower: RunFollower): Promise<Outcome> {
  const folder = join(run.folder, scenario.name);
  await mkdir(folder);
  const machine = new Machine();
  const attachment = follower.attach?.(machine, scenario);
  let lastDevice: RemapDevice | undefined;
  machine.onEvent((event) => {
    if (event.kind === 'created') lastDevice = machine.device(event.device);
  });
  let isKept = false;
  try {
    const { settings, imagesToCopy, signal } = run;
    const result = await runScenario(scenario, {
      machine,
      folder,
      settings,
      ...(imagesToCopy && { imagesToCopy }),
      ...(signal && { signal }),
      onStep: (text) => follower.onStep?.(scenario, text),
      onProgress: (text) => follower.onProgress?.(scenario, text),
    });
    isKept = !result.passed;
    const deviceFile = isKept && lastDevice ? await writeDeviceFile(folder, lastDevice) : null;
    return { result, keptFolder: isKept ? folder : null, deviceFile };
  } finally {
    attachment?.dispose();
    if (!isKept) await rm(folder, { recursive: true, force: true });
  }
}

/** Describes the device as it was in the end, with its flakey layer, so that the failure can be seen again. */
async function writeDeviceFile(folder: string, device: RemapDevice): Promise<string> {
  const { name, main, spares, markers } = device.spec;
  const deviceFile = join(folder, `${name}.remap`);
  const spare = spares.map((path) => pathInDeviceFile(deviceFile, path));
  const flakey = device.flakeyTable;
  const text = formatDeviceFile({
    main: pathInDeviceFile(deviceFile, main),
    spare: spare.length === 1 ? spare[0]! : spare,
    ...(flakey !== null && { flakey }),
    markers,
  });
  await writeFile(deviceFile, text);
  return deviceFile;
}
