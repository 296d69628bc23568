import * as vscode from 'vscode';
import { type PersistenceTest, runPersistenceTestOptions } from '../contract/commandArguments';
import type { PersistenceTestResult } from '../contract/commandResults';
import { resultOf } from '../contract/testReport';
import type { DevicesService } from '../devices/devicesService';
import { baseFolder } from '../devices/workspaceFiles';
import { SCENARIOS } from '../engine';
import { askDevice } from '../frame/askDevice';
import { type Command, define } from '../frame/command';
import { commands, uiCommands } from '../manifest';
import { askScenarios, scenariosForCopiedImages } from './askScenarios';
import { PersistenceTests } from './persistenceTests';
import { showReport } from './showReport';
import { registerTestExplorer } from './testExplorer';

/** Registers the persistence scenarios as commands and in the Test Explorer. */
export function register(context: vscode.ExtensionContext, devices: DevicesService): void {
  const tests = new PersistenceTests(context, devices);
  for (const [id, handle] of Object.entries(testCommands(devices, tests))) {
    context.subscriptions.push(
      vscode.commands.registerCommand(id, (...args: unknown[]) => handle(devices, args)),
    );
  }
  context.subscriptions.push(registerTestExplorer(devices, tests));
}

function testCommands(devices: DevicesService, tests: PersistenceTests) {
  const run = {
    progress: 'Persistence test',
    cancellable: true,
    fromCode: ([options]) => runPersistenceTestOptions(options, baseFolder()),
    run: async (test, { signal, report: show }) => {
      const step = 1 / test.scenarios.length;
      const follow = ({ title }: { title: string }, text: string) => show(`${title}: ${text}`, done);
      let done = 0;
      const onEnd = () => {
        done += step;
      };
      const { outcomes, report } = await tests.run(test, {
        signal,
        onStep: follow,
        onProgress: follow,
        onEnd,
      });
      return resultOf(outcomes, report);
    },
  } satisfies Command<PersistenceTest, PersistenceTestResult>;
  return {
    [commands.runPersistenceTest]: define(run),
    [uiCommands.askPersistenceTest]: define<PersistenceTest, PersistenceTestResult>({
      ...run,
      title: 'Run Persistence Test',
      fromPerson: async (_origin, dialog) => ({ scenarios: await askScenarios(dialog, SCENARIOS) }),
      tell: showReport,
    }),
    [uiCommands.askPersistenceTestOnCopy]: define<PersistenceTest, PersistenceTestResult>({
      ...run,
      title: 'Test a Copy of a Device',
      fromPerson: async (origin, dialog) => {
        const device = await askDevice(devices, origin, dialog);
        return { device, scenarios: await askScenarios(dialog, scenariosForCopiedImages) };
      },
      tell: showReport,
    }),
  };
}
