import * as vscode from 'vscode';
import { askDevice } from '../devices/askDevice';
import { type Command, define } from '../devices/define';
import type { DevicesService } from '../devices/devicesService';
import { openText } from '../devices/messages';
import { SCENARIOS } from '../engine';
import { commands, uiCommands } from '../manifest';
import { testFrom } from './arguments';
import { type PersistenceTest, PersistenceTests } from './persistenceTests';
import { askScenarios, copyableScenarios } from './questions';
import { type PersistenceTestResult, resultOf } from './report';
import { registerTestExplorer } from './testExplorer';

/** The persistence scenarios: as commands, and in the Test Explorer. */
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
    fromCode: ([options]) => testFrom(options),
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
    [uiCommands.askPersistenceTest]: define({
      ...run,
      fromPerson: async () => {
        const scenarios = await askScenarios('Run Persistence Test', SCENARIOS);
        return scenarios && { scenarios };
      },
      tell: showReport,
    }),
    [uiCommands.askPersistenceTestOnCopy]: define<PersistenceTest, PersistenceTestResult>({
      ...run,
      fromPerson: async (target) => {
        const title = 'Run Persistence Test on a Copy';
        const device = await askDevice(devices, target, { title });
        const scenarios = device && (await askScenarios(`${title} of ${device.name}`, copyableScenarios));
        return scenarios && { scenarios, device };
      },
      tell: showReport,
    }),
  };
}

/** As a page; as text where nothing shows Markdown. */
async function showReport({ report }: PersistenceTestResult): Promise<void> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(report));
  } catch {
    await openText(report);
  }
}
