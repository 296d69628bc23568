import { rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type * as vscode from 'vscode';
import type { PersistenceTest } from '../contract/commandArguments';
import { type Outcome, type RunFollower, runScenarios } from '../contract/scenarioRun';
import { formatTestReport, placeRun, type RunPlace } from '../contract/testReport';
import type { DevicesService } from '../devices/devicesService';
import { readSetting } from '../devices/settings';
import { DEFAULT_SCENARIO_SETTINGS, type Machine, type ScenarioSettings } from '../engine';
import { commands } from '../manifest';
import { copyDeviceImages } from './copyDeviceImages';

/** What is called during a run, and what cancels it. */
export interface TestFollower extends Pick<RunFollower, 'onStep' | 'onProgress' | 'onEnd'> {
  readonly signal: AbortSignal;
}

/** A run that was not cancelled; its scenarios may have failed. */
export interface FinishedTest {
  readonly outcomes: readonly Outcome[];
  /** Path of the Markdown report. */
  readonly report: string;
}

/** Runs the persistence scenarios; the side bar, the sector editor and the log show them while they run. */
export class PersistenceTests {
  constructor(
    private readonly context: vscode.ExtensionContext,
    private readonly devices: DevicesService,
  ) {}

  /**
   * Runs scenarios and writes their report.
   * @throws RemapError `ECANCELED` when the signal is aborted, `EROFS` in Restricted Mode for a test on copies, which
   * locks their originals, or with a report in a folder of the caller's, and the errors of the folder and of copying the
   * device
   */
  async run(test: PersistenceTest, follower: TestFollower): Promise<FinishedTest> {
    if (test.device !== undefined || test.folder !== undefined) this.devices.policy.requireTrust();
    const startedAt = new Date();
    const place = await placeRun(test.folder ?? this.#storage(), startedAt);
    try {
      const outcomes = await this.#runScenarios(test, place, follower);
      const { displayName, version } = this.context.extension.packageJSON;
      const product = `${displayName} ${version}`;
      await writeFile(
        place.report,
        formatTestReport(outcomes, { startedAt, product, openSectors: commands.openSectors }),
      );
      return { outcomes, report: place.report };
    } catch (error) {
      await rm(place.report, { force: true });
      throw error;
    }
  }

  async #runScenarios(
    { scenarios, device, settings }: PersistenceTest,
    { folder }: RunPlace,
    follower: TestFollower,
  ): Promise<Outcome[]> {
    const { signal } = follower;
    const copyFolder = `${folder}-device`;
    try {
      const imagesToCopy =
        device === undefined ? undefined : await copyDeviceImages(this.devices, device, copyFolder, signal);
      return await runScenarios(
        {
          scenarios,
          settings: { ...settingsOfUser(), ...settings },
          folder,
          signal,
          ...(imagesToCopy && { imagesToCopy }),
        },
        { ...follower, ...this.#shown(follower) },
      );
    } finally {
      await rm(copyFolder, { recursive: true, force: true });
    }
  }

  #shown({ onStep }: TestFollower): RunFollower {
    return {
      attach: (machine: Machine, { name }) => this.devices.attach({ machine, name }),
      onStep: (scenario, text) => {
        this.devices.log.info(`[${scenario.name}] ${text}`);
        onStep?.(scenario, text);
      },
    };
  }

  #storage(): string {
    const { storageUri, globalStorageUri } = this.context;
    const uri = [storageUri, globalStorageUri].find((each) => each?.scheme === 'file');
    return uri?.fsPath ?? join(tmpdir(), 'remap-inspector');
  }
}

function settingsOfUser(): ScenarioSettings {
  return {
    ...DEFAULT_SCENARIO_SETTINGS,
    soakSeconds: readSetting('testSoakSeconds'),
    powerLossPoints: readSetting('testPowerLossPoints'),
    seed: readSetting('testSeed'),
  };
}
