import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import type { Outcome } from '../contract/scenarioRun';
import type { DevicesService } from '../devices/devicesService';
import { SCENARIOS, type Scenario } from '../engine';
import { askDevice } from '../frame/askDevice';
import { runDialog } from '../frame/dialog';
import { reportError } from '../frame/notifications';
import { commands } from '../manifest';
import { failureMarkdown, findingLines, terminalText } from './explorerText';
import type { PersistenceTests } from './persistenceTests';
import { offerReport } from './showReport';

const SETTINGS_PREFIX = 'remap.test';

/** Shows every scenario in the Test Explorer; they run on fresh images or on a copy of a device's images. */
export function registerTestExplorer(devices: DevicesService, tests: PersistenceTests): vscode.Disposable {
  const controller = vscode.tests.createTestController('remap.persistence', 'Remap Inspector');
  const copyTag = new vscode.TestTag('copy');
  const group = controller.createTestItem('persistence', 'Persistence');
  for (const [i, scenario] of SCENARIOS.entries())
    group.children.add(itemOf(controller, scenario, i, copyTag));
  controller.items.add(group);
  const start = (request: vscode.TestRunRequest, token: vscode.CancellationToken, device?: unknown) =>
    new ExplorerRun(controller, tests, request).run(devices, token, device);
  const fresh = controller.createRunProfile(
    'Run on Fresh Images',
    vscode.TestRunProfileKind.Run,
    (request, token) => start(request, token),
    true,
  );
  const onCopy = controller.createRunProfile(
    'Run on a Copy of a Device',
    vscode.TestRunProfileKind.Run,
    async (request, token) => {
      const device = await chooseDevice(devices);
      if (device) await start(request, token, device);
    },
    false,
    copyTag,
  );
  for (const profile of [fresh, onCopy]) {
    profile.configureHandler = () =>
      vscode.commands.executeCommand('workbench.action.openSettings', SETTINGS_PREFIX);
  }
  return controller;
}

function itemOf(
  controller: vscode.TestController,
  { name, title, canUseCopiedImages }: Scenario,
  index: number,
  copyTag: vscode.TestTag,
): vscode.TestItem {
  const item = controller.createTestItem(name, title);
  item.sortText = String(index).padStart(2, '0');
  if (canUseCopiedImages) item.tags = [copyTag];
  return item;
}

async function chooseDevice(devices: DevicesService): Promise<unknown> {
  try {
    await devices.ready();
    return await runDialog('Run on a Copy of a Device', (dialog) => askDevice(devices, undefined, dialog));
  } catch (error) {
    await reportError(devices, error);
    return undefined;
  }
}

/** One run that was started from the Test Explorer. */
class ExplorerRun {
  readonly #run: vscode.TestRun;
  readonly #items: ReadonlyMap<string, vscode.TestItem>;
  readonly #started = new Set<string>();
  readonly #ended = new Set<string>();

  constructor(
    controller: vscode.TestController,
    private readonly tests: PersistenceTests,
    request: vscode.TestRunRequest,
  ) {
    this.#run = controller.createTestRun(request);
    this.#items = new Map(selectItems(controller.items, request).map((item) => [item.id, item]));
  }

  async run(devices: DevicesService, token: vscode.CancellationToken, device: unknown): Promise<void> {
    const scenarios = SCENARIOS.filter(({ name }) => this.#items.has(name));
    for (const item of this.#items.values()) this.#run.enqueued(item);
    const controller = new AbortController();
    const cancelling = token.onCancellationRequested(() => controller.abort());
    try {
      await devices.ready();
      const finished = await this.tests.run(
        { scenarios, device },
        {
          signal: controller.signal,
          onStep: (scenario, text) => this.#showStep(scenario, text),
          onEnd: (outcome) => this.#showOutcome(outcome),
        },
      );
      this.#write([`Report: ${finished.report}`]);
      void offerReport(finished);
    } catch (error) {
      this.#showError(error);
    } finally {
      cancelling.dispose();
      this.#run.end();
    }
  }

  #showStep({ name, title }: Scenario, text: string): void {
    const item = this.#items.get(name);
    if (!item) return;
    if (!this.#started.has(name)) {
      this.#started.add(name);
      this.#run.started(item);
      this.#write([title], item);
    }
    this.#write([`  ${text}`], item);
  }

  #showOutcome(outcome: Outcome): void {
    const { name, passed, seconds, missing } = outcome.result;
    const item = this.#items.get(name);
    if (!item) return;
    this.#ended.add(name);
    this.#write([...findingLines(outcome).map((line) => `  ${line}`), ''], item);
    if (missing.length > 0) this.#run.skipped(item);
    else if (passed) this.#run.passed(item, seconds * 1000);
    else this.#run.failed(item, new vscode.TestMessage(trusted(failureMarkdown(outcome))), seconds * 1000);
  }

  /** Marks the scenarios that had not ended: as skipped when the run was cancelled, else as failed by the error. */
  #showError(error: unknown): void {
    const { cancelled, code, message } = describeError(error);
    const text = cancelled ? 'Cancelled' : `${code}: ${message}`;
    this.#write([text]);
    for (const [name, item] of this.#items) {
      if (this.#ended.has(name)) continue;
      if (cancelled) this.#run.skipped(item);
      else this.#run.errored(item, new vscode.TestMessage(text));
    }
  }

  #write(lines: readonly string[], item?: vscode.TestItem): void {
    this.#run.appendOutput(terminalText(lines), undefined, item);
  }
}

/** Markdown whose links may only open sectors. */
function trusted(markdown: string): vscode.MarkdownString {
  const text = new vscode.MarkdownString(markdown);
  text.isTrusted = { enabledCommands: [commands.openSectors] };
  return text;
}

/** The scenarios that a request includes, by themselves or by their group, without those that it excludes. */
function selectItems(roots: vscode.TestItemCollection, request: vscode.TestRunRequest): vscode.TestItem[] {
  const excluded = new Set(request.exclude?.map(({ id }) => id));
  const leaves = (item: vscode.TestItem): vscode.TestItem[] => {
    if (excluded.has(item.id)) return [];
    if (item.children.size === 0) return [item];
    return [...item.children].flatMap(([, child]) => leaves(child));
  };
  const chosen = request.include ?? [...roots].map(([, item]) => item);
  return chosen.flatMap(leaves);
}
