import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { format } from 'node:util';
import Mocha from 'mocha';
import { commands } from 'vscode';
import { outputMark } from '../host/driverProtocol';
import CountingReporter from '../host/reporter';
import { driver } from '../support/extension/driver';

const testTimeoutMs = 60_000;

/** Called by VS Code in its extension host. Runs every test that was bundled beside this file; rejects if one fails. */
export async function run(): Promise<void> {
  process.setSourceMapsEnabled(true);
  if (driver.available) markOutput();
  const grep = process.env.REMAP_TEST_GREP;
  const mocha = new Mocha({
    ui: 'bdd',
    timeout: testTimeoutMs,
    reporter: CountingReporter,
    rootHooks: { afterEach: [pictureOfFailure, clearWindow] },
    // On a busy machine the window may take a key or a click too late. A real failure fails each time.
    retries: 2,
    ...(grep === undefined ? {} : { grep }),
  });
  for (const name of readdirSync(__dirname, { recursive: true, encoding: 'utf8' }).sort()) {
    if (name.endsWith('.test.js')) mocha.addFile(join(__dirname, name));
  }
  const failures = await new Promise<number>((resolve) => {
    mocha.run(resolve);
  });
  if (failures > 0) throw new Error(`${failures} failed`);
}

/** Marks what tests and reporter print, among all that the window logs. VS Code's `console.log` can't be replaced. */
function markOutput(): void {
  const plain = console;
  const log = (...parts: unknown[]) => plain.log(outputMark + format(...parts));
  globalThis.console = Object.create(plain, { log: { value: log } }) as Console;
  Mocha.reporters.Base.consoleLog = log;
}

async function pictureOfFailure(this: Mocha.Context): Promise<void> {
  const test = this.currentTest;
  if (driver.available && test?.state === 'failed') await driver.screenshot(`failed ${test.fullTitle()}`);
}

/** A notification that a test leaves would lie over what the next one clicks, and a question would take its keys. */
async function clearWindow(): Promise<void> {
  await commands.executeCommand('notifications.clearAll');
  await commands.executeCommand('workbench.action.closeQuickOpen');
}
