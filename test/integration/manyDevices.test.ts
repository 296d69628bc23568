import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands, settings, uiCommands } from '../../src/manifest';
import { driver } from '../support/extension/driver';
import { call, Folder, until } from '../support/extension/remap';
import { expand, rowOf, showOpened } from '../support/extension/sideBar';
import { longestTurn } from '../support/longestTurn';

const folder = new Folder('many');
const DEVICES = 50;
const REMAPS = 100_000;
const BAD_RANGES = 1000;
/** Where Node can't tell what a thread took, what other threads do counts too. */
const MOST_MS = 'threadCpuUsage' in process ? 20 : 60;
const small = { mainSectors: 4096, spareSectors: 2048 };
const CHOSEN = /^Sector 2, remapped/;
const ROW = '.sidebar .monaco-list-row';

/** What screen readers are told of the rows in sight, from the top. */
async function rows(selector = ROW): Promise<string[]> {
  return driver.workbench.evaluate(
    (wanted: string) =>
      [...document.querySelectorAll<HTMLElement>(wanted)]
        .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
        .map((row) => row.getAttribute('aria-label') ?? ''),
    selector,
  );
}

/** The names of the devices in sight, from the top. */
async function shownDevices(): Promise<string[]> {
  return (await rows()).flatMap((label) => /^Device (\w+),/.exec(label)?.[1] ?? []);
}

async function listed(...names: string[]): Promise<void> {
  let last: string[] = [];
  await until(`the devices begin with ${names}`, async () => {
    last = (await shownDevices()).slice(0, names.length);
    return last.join() === names.join();
  }).catch(() => assert.deepEqual(last, names));
}

/** Checks for a while: refreshes follow each other within that time. */
async function stays(check: () => Promise<void>): Promise<void> {
  for (let i = 0; i < 10; i++) {
    await check();
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const setOrder = (order: string | undefined) =>
  vscode.workspace.getConfiguration().update(settings.deviceOrder, order, vscode.ConfigurationTarget.Global);

describe('many devices in the side bar', () => {
  before(async function () {
    driver.require(this);
    this.timeout(180_000);
    await folder.create();
    await call('workbench.view.extension.remap');
    for (let i = 1; i <= DEVICES - 2; i++)
      await call(commands.createDevice, { path: folder.file(`dev${i}.remap`), ...small });
    const large = { mainSectors: REMAPS * 2, spareSectors: REMAPS * 2 };
    await call(commands.createDevice, { path: folder.file('large.remap'), ...large });
    await call(commands.injectErrors, 'large', { sectors: [[0, REMAPS]] });
    const base64 = Buffer.alloc(10_000 * 512).toString('base64');
    for (let sector = 0; sector < REMAPS; sector += 10_000)
      await call(commands.write, 'large', { sector, base64 });
    await call(commands.createDevice, { path: folder.file('spoilt.remap'), ...small });
    const sectors = Array.from({ length: BAD_RANGES }, (_, i) => [i * 4, 2]);
    await call(commands.injectErrors, 'spoilt', { sectors });
  });

  after(async () => {
    await setOrder(undefined);
    await call(uiCommands.clearDeviceFilter);
    await folder.remove();
  });

  it('are listed with the troubled ones first, then in natural order', async () => {
    await listed('large', 'spoilt', 'dev1', 'dev2', 'dev3');
    await call(commands.injectErrors, 'dev40', { sectors: [[7, 1]] });
    await listed('dev40', 'large', 'spoilt', 'dev1', 'dev2');
    await driver.screenshot('many-troubled');
  });

  it('keep expansion, focus and selection when they are refreshed and change places', async () => {
    await showOpened('large', folder.file('large.remap'));
    await expand('100,000 remaps');
    await expand('Sectors 0 – ');
    const entry = rowOf('Sector 2, remapped');
    await driver.workbench.click(entry);
    await call('remap.devices.focus');
    for (const name of ['dev9', 'dev10', 'dev11'])
      await call(commands.injectErrors, name, { sectors: [[7, 1]] });
    await call(commands.write, 'large', { sector: 5, base64: Buffer.alloc(512).toString('base64') });
    await driver.workbench.waitFor('.activitybar [aria-label*="6 devices need attention"]');
    await stays(async () => {
      for (const state of ['focused', 'selected'])
        assert.match((await rows(`${ROW}.${state}`)).join(), CHOSEN);
    });
    await driver.screenshot('many-focused');
    await driver.press('Home');
    await listed('dev9', 'dev10', 'dev11', 'dev40', 'large');
    await driver.workbench.waitFor(`${rowOf('Device large,')}[aria-expanded="true"]`);
    await driver.workbench.waitFor(`${rowOf('100,000 remaps')}[aria-expanded="true"]`);
    await driver.screenshot('many-expanded');
  });

  it('block the extension host only for moments while they are refreshed', async () => {
    const longest = await longestTurn(async () => {
      for (let i = 1; i <= 30; i++) {
        await call(commands.injectErrors, `dev${i}`, { sectors: [[9, 1]] });
        await new Promise((resolve) => setTimeout(resolve, 60));
      }
    });
    console.log(`      (the longest turn took ${longest.toFixed(1)} ms)`);
    assert.ok(longest <= MOST_MS, `${longest} ms`);
  });

  it('are filtered, and all listed again at a click', async () => {
    await call(commands.clearErrors, 'dev12');
    void call(uiCommands.filterDevices);
    await driver.workbench.waitFor('.quick-input-widget input');
    await driver.type('dev1 active');
    await driver.press('Enter');
    await driver.workbench.waitFor(rowOf('Filter: '));
    assert.ok((await shownDevices()).every((name) => name.startsWith('dev1')));
    await driver.screenshot('many-filtered');
    await driver.workbench.click(rowOf('Filter: '));
    await until('all are listed', async () =>
      (await shownDevices()).some((name) => !name.startsWith('dev1')),
    );
  });

  it('are ordered by what the setting says', async () => {
    await setOrder('size');
    await listed('large');
    await setOrder('name');
    await listed('dev1', 'dev2', 'dev3');
  });
});
