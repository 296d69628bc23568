import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { createReadStream, readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import * as vscode from 'vscode';
import type { PersistenceTestResult } from '../../src/contract/commandResults';
import { markdownText } from '../../src/contract/foreignText';
import type { DeviceInfo, SectorRead } from '../../src/engine/device/deviceContracts';
import type { ModuleState } from '../../src/engine/machine/machineContracts';
import { SCENARIOS } from '../../src/engine/scenario';
import { driver } from '../support/extension/driver';
import { notified } from '../support/extension/notifications';
import { call, Folder, fails, menuSettled, until } from '../support/extension/remap';

const folder = new Folder('scenarios');
const names = SCENARIOS.map(({ name }) => name);
const titleOf = (name: string): string => SCENARIOS.find((scenario) => scenario.name === name)!.title;
const copyable = SCENARIOS.filter(({ canUseCopiedImages }) => canUseCopiedImages).map(({ name }) => name);
const markers = { sectors: [1000, 2000, 3000, 5000, 10_000], text: 'test_data_{sector}' };

function run(options: Record<string, unknown>): Promise<PersistenceTestResult> {
  return call<PersistenceTestResult>('remap.runPersistenceTest', { folder: folder.path, ...options });
}

async function isThere(device: string): Promise<boolean> {
  return call<DeviceInfo>('remap.getDevice', device).then(
    ({ name }) => name === device,
    () => false,
  );
}

/** Asks for devices by name again and again until the work ends. @returns those that were assembled at any time */
async function seenDuring(work: Promise<unknown>, devices: readonly string[]): Promise<Set<string>> {
  const seen = new Set<string>();
  let isRunning = true;
  const ended = work
    .catch(() => undefined)
    .then(() => {
      isRunning = false;
    });
  while (isRunning) {
    for (const device of devices.filter((name) => !seen.has(name))) {
      if (await isThere(device)) seen.add(device);
    }
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await ended;
  return seen;
}

/** Makes a device whose spare is full: a scenario on a copy of it can't remap, and fails. */
async function createFullDevice(name: string): Promise<void> {
  const sizes = { mainSectors: 48_000, spareSectors: 1310 };
  const { spareFree } = await call<DeviceInfo>('remap.createDevice', {
    path: folder.file(`${name}.remap`),
    ...sizes,
    markers,
  });
  await call('remap.injectErrors', name, { sectors: [[40_000, spareFree]] });
  const bytes = Buffer.alloc(512 * spareFree, 1);
  await call('remap.write', name, { sector: 40_000, base64: bytes.toString('base64') });
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash);
  return hash.digest('hex');
}

/** The accessible names of the rows of a tree in the side bar. */
function rows(): Promise<string[]> {
  return driver.workbench.evaluate(() =>
    [...document.querySelectorAll('.part.sidebar .monaco-list-row')].map((row) => row.ariaLabel ?? ''),
  );
}

/** The message of the error that a command ends with; empty if it succeeds. */
async function errorOf(command: string, ...args: readonly unknown[]): Promise<string> {
  return call(command, ...args).then(
    () => '',
    (error: Error) => error.message,
  );
}

/** Calls a command until it succeeds. The soak scenario reloads the module, and its device is gone for that moment. */
async function untilDone(
  what: string,
  meanwhile: RegExp,
  command: string,
  ...args: readonly unknown[]
): Promise<void> {
  await until(what, async () => {
    const message = await errorOf(command, ...args);
    assert.ok(message === '' || meanwhile.test(message), message);
    return message === '';
  });
}

async function untilRow(start: string): Promise<void> {
  await until(`a row "${start}"`, async () => (await rows()).some((row) => row.startsWith(start)));
}

/** The title of the page or editor in front. */
function shownReport(): string {
  return vscode.window.tabGroups.activeTabGroup.activeTab?.label ?? '';
}

/** Waits until a scenario's row in the Test Explorer says that it is in this state. */
async function untilScenario(name: string, state: string): Promise<void> {
  await untilRow(`${titleOf(name)} (${state})`);
}

describe('the persistence scenarios', () => {
  before(() => folder.create());

  after(async () => {
    await call('workbench.action.closeAllEditors');
    await folder.remove();
  });

  it('all pass at full size, in view of the side bar, and the report says what the value says', async function () {
    this.timeout(600_000);
    const devicesBefore = await call<DeviceInfo[]>('remap.listDevices');
    const modulesBefore = await call<ModuleState[]>('remap.listModules');
    const running = run({});
    const seen = await seenDuring(running, ['power-loss', 'million-remaps', 'soak']);
    const result = await running;
    for (const { name, seconds } of result.scenarios) console.log(`      ${name}: ${seconds} s`);
    assert.deepEqual(
      result.scenarios.map(({ name, details }) => [name, details.failure]),
      names.map((name) => [name, null]),
    );
    assert.deepEqual([result.passed, result.failed], [names.length - result.skipped, 0]);
    assert.deepEqual([...seen].sort(), ['million-remaps', 'power-loss', 'soak']);
    assert.deepEqual(JSON.parse(JSON.stringify(result)), result);
    const report = readFileSync(result.report, 'utf8');
    for (const { details } of result.scenarios) {
      assert.ok(report.includes(`## ${markdownText(details.title)}`));
      for (const { line } of details.statusLines) assert.ok(report.includes(`Status: ${line}`));
      for (const { text } of details.findings) assert.ok(report.includes(`✓ ${markdownText(text)}`));
    }
    assert.ok(result.scenarios.find(({ name }) => name === 'soak')!.seconds >= 30);
    assert.deepEqual(readdirSync(folder.path), [result.report.slice(folder.path.length + 1)]);
    assert.deepEqual(await call('remap.listDevices'), devicesBefore);
    assert.deepEqual(await call('remap.listModules'), modulesBefore);
    await fails(/^ENODEV/, 'remap.getDevice', 'soak');
  });

  it('refuse unknown scenarios, settings of the wrong kind and unknown devices', async () => {
    await fails(
      /^EINVAL: there is no scenario 'reboot'; the scenarios are data-integrity,/,
      'remap.runPersistenceTest',
      {
        scenarios: ['soak', 'reboot'],
      },
    );
    await fails(/^EINVAL: "scenarios" must be a list of names/, 'remap.runPersistenceTest', {
      scenarios: [],
    });
    await fails(/^EINVAL: "soakSeconds" must be/, 'remap.runPersistenceTest', {
      settings: { soakSeconds: '1' },
    });
    await fails(/^ENODEV/, 'remap.runPersistenceTest', {
      device: 'unknown',
      scenarios: ['remap-persistence'],
    });
    assert.deepEqual(readdirSync(folder.path).length, 1);
  });

  it('run on a copy of a device, which stays as it is', async () => {
    const path = folder.file('origin.remap');
    await call('remap.createDevice', { path, mainSectors: 204_800, spareSectors: 102_400, markers });
    await call('remap.injectErrors', 'origin', {
      sectors: [
        [2000, 1],
        [7000, 2],
      ],
    });
    await call('remap.writeMarkers', 'origin');
    await call('remap.write', 'origin', { sector: 7000, base64: Buffer.alloc(1024, 7).toString('base64') });
    await call('remap.suspend', 'origin');
    await call('remap.resume', 'origin');
    const images = [folder.file('origin.img'), folder.file('origin-spare.img')];
    const before = await Promise.all(images.map(hashOf));
    const { passed, scenarios } = await run({ device: 'origin', scenarios: copyable });
    assert.deepEqual(
      scenarios.map(({ name, details }) => [name, details.failure, details.configuration[0]]),
      copyable.map((name) => [name, null, 'Main image: 100 MB, 204,800 sectors (copy, 3 remaps)']),
    );
    assert.equal(passed, copyable.length);
    assert.deepEqual(await Promise.all(images.map(hashOf)), before);
    const { state, remaps, badSectors } = await call<DeviceInfo>('remap.getDevice', 'origin');
    assert.deepEqual([state, remaps, badSectors], ['active', 3, 3]);
    await call('remap.remove', 'origin');
    const unassembled = await run({ device: path, scenarios: ['intermittent-reads'] });
    assert.equal(unassembled.passed, 1);
  });

  it('that fail say why, in the report too, and leave the device to look at', async () => {
    await createFullDevice('full');
    const { passed, failed, scenarios, report } = await run({
      device: 'full',
      scenarios: ['remap-persistence', 'reboot-reassembly'],
    });
    assert.deepEqual([passed, failed], [0, 2]);
    const { failure, deviceFile } = scenarios[0]!.details;
    assert.deepEqual(failure, {
      message: 'ENOSPC: sector 1000 cannot be written: the spare is full',
      device: 'remap-persistence',
      sector: 1000,
    });
    const text = readFileSync(report, 'utf8');
    assert.match(text, /FAIL\*\*: 0 of 2 scenarios passed/);
    assert.ok(text.includes(`✗ ${failure.message}`) && text.includes(dirname(deviceFile!)));
    await call('remap.openSectors', deviceFile, { sector: 1000 });
    await until('the kept device is assembled', () =>
      call<DeviceInfo[]>('remap.listDevices').then((all) =>
        all.some(({ name }) => name === 'remap-persistence'),
      ),
    );
    const { failed: unreadable } = await call<SectorRead>('remap.read', deviceFile, {
      sector: 1000,
      count: 2,
    });
    assert.deepEqual(unreadable, [[1000, 1]]);
    await call('remap.getDevice', 'full');
    await call('workbench.action.closeAllEditors');
  });
});

describe('the persistence scenarios, seen', () => {
  before(async function () {
    driver.require(this);
    await folder.create();
    await createFullDevice('full');
    await call('workbench.action.closeAuxiliaryBar');
  });

  after(async () => {
    await call('workbench.action.closePanel');
    await call('workbench.action.closeAllEditors');
    await folder.remove();
  });

  it('are followed by side bar, editor and log, and end when cancelled', async function () {
    this.timeout(120_000);
    await call('workbench.view.extension.remap');
    const soaking = run({ scenarios: ['soak'], settings: { soakSeconds: 600 } });
    try {
      await untilRow('Device soak, ');
      await untilRow('Module, metadata, loaded, used by soak');
      await driver.workbench.waitFor('text="Modules of the running scenario soak"');
      await untilDone('the editor opens', /^ENODEV/, 'remap.openSectors', 'soak', { sector: 20_000 });
      const editor = driver.webview('#grid');
      await editor.waitFor('.row .hex .cell:not(:empty)');
      await call('remap.showLog');
      const isLogged = () =>
        vscode.workspace.textDocuments.some(
          ({ uri, getText }) => uri.scheme === 'output' && getText().includes('[soak] '),
        );
      await until('the log tells of it', isLogged);
      await driver.screenshot('scenario running');
      await call('workbench.action.closePanel');
      await call('workbench.action.closeAllEditors');
      await until('its removal is refused', async () =>
        /^EBUSY: the device "soak" belongs to a running scenario/.test(await errorOf('remap.remove', 'soak')),
      );
    } finally {
      await call('notifications.showList');
      await driver.workbench.click('.notifications-center .monaco-button:has-text("Cancel")');
    }
    await assert.rejects(soaking, /ECANCELED/);
    await call('notifications.hideList');
    await until(
      'the device is gone',
      async () => !(await rows()).some((row) => row.startsWith('Device soak')),
    );
    await untilRow('Module, metadata, loaded, used by full');
    assert.deepEqual(
      readdirSync(folder.path).filter((name) => name.startsWith('persistence-test')),
      [],
    );
    await call('workbench.action.closeAllEditors');
  });

  it('are chosen from a list, and the report opens in an editor', async function () {
    this.timeout(120_000);
    const running = call<PersistenceTestResult>('remap.askPersistenceTest');
    await driver.workbench.waitFor(
      `.quick-input-widget .quick-input-count:has-text("${names.length} Selected")`,
    );
    await driver.screenshot('scenarios to choose');
    await driver.workbench.click('.quick-input-widget [aria-label="Toggle all checkboxes"]');
    await driver.type('intermittent');
    await driver.workbench.waitFor('.quick-input-list .monaco-list-row[aria-label^="Intermittent reads"]');
    await driver.press('ArrowDown');
    await driver.press('Space');
    await driver.press('Enter');
    const { scenarios } = await running;
    assert.deepEqual(
      scenarios.map(({ name, passed }) => [name, passed]),
      [['intermittent-reads', true]],
    );
    await until('the report is open', () => shownReport().startsWith('Preview persistence-test-'));
    await driver.webview('h1').waitFor('h1:has-text("Persistence Test Results")');
    await call('workbench.action.closeAllEditors');
  });
});

describe('the Test Explorer', () => {
  const runTests = (...tests: string[]) =>
    call(
      'vscode.runTestsById',
      2,
      ...tests.map((name) => ['remap.persistence', 'persistence', name].join('\0')),
    );

  before(async function () {
    driver.require(this);
    await folder.create();
    await createFullDevice('full');
    // There are two, so that the run on a copy asks for one: of devices that other suites leave it would ask too.
    await call('remap.createDevice', {
      path: folder.file('other.remap'),
      mainSectors: 20_480,
      spareSectors: 4096,
    });
    await call('workbench.view.testing.focus');
    await driver.press('Escape');
    await driver.workbench.click('.part.sidebar .monaco-list-row[aria-label^="Persistence"]');
    await driver.press('ArrowRight');
  });

  after(async () => {
    await call('testing.clearTestResults');
    await call('workbench.action.closePanel');
    await call('workbench.action.closeAllEditors');
    await folder.remove();
  });

  it('has an item for each scenario, in their order', async () => {
    await untilScenario('soak', 'Not yet run');
    assert.deepEqual(
      await rows(),
      ['Persistence', ...names.map(titleOf)].map((title) => `${title} (Not yet run)`),
    );
    const controllers = await call<string[]>('vscode.testing.getControllersWithTests');
    assert.deepEqual(controllers, ['remap.persistence']);
  });

  it('runs what is asked for', async () => {
    await runTests('remap-persistence', 'intermittent-reads');
    await untilScenario('remap-persistence', 'Passed');
    await untilScenario('intermittent-reads', 'Passed');
    await untilScenario('soak', 'Not yet run');
    await driver.screenshot('tests passed');
    await notified('2 persistence scenarios passed.');
    await driver.workbench.click('.notifications-center .monaco-button:has-text("Open Report")');
    await until('the report is open', () => shownReport().startsWith('Preview persistence-test-'));
    await call('workbench.action.closeAllEditors');
    await call('notifications.clearAll');
  });

  it('skips what a person cancels', async () => {
    const running = runTests('soak');
    await until('the scenario runs', () => isThere('soak'));
    await call('testing.cancelRun');
    await running;
    await untilScenario('soak', 'Skipped');
  });

  it('links a failure to the sector', async function () {
    this.timeout(120_000);
    // What an earlier try left: results, editors, the device of its scenario.
    await call('testing.clearTestResults');
    await call('workbench.action.closeAllEditors');
    await call('remap.remove', 'remap-persistence').catch(() => undefined);
    const row = `.part.sidebar .monaco-list-row[aria-label^="${titleOf('remap-persistence')}"]`;
    await driver.workbench.click(row, { button: 'right' });
    await driver.workbench.waitFor('text="Execute Using Profile..."');
    await menuSettled();
    await driver.workbench.click('text="Execute Using Profile..."');
    const listed = (words: string) => `.quick-input-list .monaco-list-row[aria-label^="${words}"]`;
    await driver.workbench.click(listed('Run on a Copy'));
    await driver.workbench.waitFor('.quick-input-title:has-text("Run on a Copy of a Device")');
    await driver.workbench.click(listed('full'));
    await untilScenario('remap-persistence', 'Failed');
    await driver.workbench.click('.part.panel .monaco-list-row[aria-label*="ENOSPC"]');
    await driver.screenshot('test failed');
    await driver.workbench.click('.part.panel a:has-text("Open sector 1000")');
    const editor = driver.webview('#grid');
    await editor.waitFor('.heading[data-sector="1000"]');
    await editor.waitFor('.placeholder.unreadable');
    await call('remap.remove', 'remap-persistence');
  });
});
