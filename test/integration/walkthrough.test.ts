import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { driver } from '../support/extension/driver';
import { extensionId } from '../support/extension/extensionId';
import { notified } from '../support/extension/notifications';
import { call, until } from '../support/extension/remap';

const QUESTIONS = ['Name of the device', 'Size of the main image', 'Size of the spare image'];
const OPEN_STEP = '.getting-started-step.expanded';
const step = (id: string) => `.getting-started-step[data-step-id$="#${id}"]`;
const { workbench } = driver;

const isDone = (id: string) => workbench.waitFor(`${step(id)} .codicon-getting-started-step-checked`);

/** Waits until the editor beside the walkthrough shows a sector whose bytes come from there. */
async function shows(sector: number, origin: string): Promise<void> {
  const heading = `.heading[data-sector="${sector}"][data-origin="${origin}"]`;
  await driver.webview(heading).texts(heading);
}

/** The picture of the map of the whole view. */
const mapPicture = () =>
  driver.webview('#grid, .heading').evaluate(() => document.querySelector('canvas')!.toDataURL());

const diskInfo = async () =>
  (await call<DeviceInfo[]>('remap.listDevices')).find(({ name }) => name === 'disk')!;

/** The element of the window that has the focus, as selectors and labels name it; "" when it is lost. */
const focused = () =>
  workbench.evaluate(() => {
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body) return '';
    const step = activeElement.closest('.getting-started-step');
    return `${activeElement.className}|${step?.getAttribute('data-step-id') ?? ''}|${activeElement.textContent}`;
  });

describe('the walkthrough', () => {
  before(function () {
    driver.require(this);
  });

  beforeEach(clear);

  after(clear);

  async function clear(): Promise<void> {
    await call('workbench.action.closeAllEditors');
    await call('notifications.clearAll');
    for (const { name } of await call<DeviceInfo[]>('remap.listDevices'))
      if (name === 'disk') await call('remap.remove', name);
    for (const name of ['disk.remap', 'disk.img', 'disk-spare.img', 'disk.img.map'])
      await rm(join(process.env.REMAP_WORKSPACE!, name), { force: true });
  }

  it('shows by mouse a sector that breaks, moves, and outlives a reload and a power loss', async () => {
    await call('workbench.action.openWalkthrough', `${extensionId}#start`);
    const press = (label: string) => workbench.click(`${OPEN_STEP} .monaco-button:has-text("${label}")`);
    const select = async (id: string) => {
      await workbench.click(step(id));
      await workbench.waitFor(`${step(id)}.expanded`);
    };
    await workbench.waitFor(`${step('create')}.expanded`);
    await press('Create Small Device');
    for (const question of QUESTIONS) {
      await workbench.waitFor(`.quick-input-message:has-text("${question}")`);
      await driver.press('Enter');
    }
    await shows(0, 'main');
    await isDone('create');
    assert.deepEqual([(await diskInfo()).sectors, (await diskInfo()).flakey], [16_384, null]);

    await select('markers');
    await press('Write Markers');
    await shows(1000, 'main');
    await isDone('markers');

    await select('move');
    await press('Break a Sector');
    await shows(1000, 'bad');
    const broken = await mapPicture();
    await press('Write Markers Again');
    await shows(1000, 'spare');
    await isDone('move');
    await until('the map shows the move', async () => (await mapPicture()) !== broken);
    assert.match(
      (await driver.webview('.heading').texts('.heading[data-sector="1000"]'))[0]!,
      /from spare sector 1280/,
    );

    await select('reload');
    await press('Reload and Verify');
    await notified(
      'disk: 5/5 sectors verified after the reload, 1 remap kept. The counters restarted: reads ',
    );
    await isDone('reload');
    await call('notifications.clearAll');

    await select('power');
    await press('Cut the Power and Verify');
    await notified('disk: 5/5 sectors verified after the power loss, 1 remap kept.');
    await isDone('power');
    assert.equal((await diskInfo()).remaps, 1);
    await call('notifications.clearAll');

    await select('next');
    await isDone('next');
    await shows(1000, 'spare');
  });

  it('is gone through by keyboard alone, and the focus is never lost', async () => {
    /** Presses a key until the focus is where it is wanted. */
    const pressUntil = async (key: string, wanted: RegExp) => {
      for (let presses = 0; presses < 60; presses++) {
        const element = await focused();
        assert.notEqual(element, '', `lost on the way to ${wanted}`);
        if (wanted.test(element)) return;
        await driver.press(key);
      }
      assert.fail(`${key} leads to ${await focused()} instead of ${wanted}`);
    };
    const press = async (label: string) => {
      await pressUntil('Tab', new RegExp(`monaco-button[^|]*\\|[^|]*\\|${label}$`));
      await driver.press('Enter');
    };
    const keepsFocus = async () => assert.match(await focused(), /^getting-?[sS]tarted|^monaco-button/);
    const next = async (id: string) => {
      await pressUntil('Shift+Tab', /^getting-started-step expanded/);
      await driver.press('ArrowDown');
      await until(`the next step is ${id}`, async () =>
        new RegExp(`^getting-started-step expanded\\|[^|]*#${id}\\|`).test(await focused()),
      );
    };

    await driver.press('F1');
    await driver.type('Welcome: Open Walkthrough');
    await workbench.waitFor(
      '.quick-input-list .monaco-list-row.focused[aria-label^="Welcome: Open Walkthrough"]',
    );
    await driver.press('Enter');
    await workbench.waitFor('.quick-input-list .monaco-list-row[aria-label^="See a Bad Sector Move"]');
    await driver.type('See a Bad Sector Move');
    await workbench.waitFor(
      '.quick-input-list .monaco-list-row.focused[aria-label^="See a Bad Sector Move"]',
    );
    await driver.press('Enter');
    await workbench.waitFor(`${step('create')}.expanded`);
    await until('the walkthrough has the focus', async () => (await focused()) !== '');
    await press('Create Small Device');
    for (const question of QUESTIONS) {
      await workbench.waitFor(`.quick-input-message:has-text("${question}")`);
      await driver.press('Enter');
    }
    await shows(0, 'main');
    await keepsFocus();

    await next('markers');
    await press('Write Markers');
    await shows(1000, 'main');
    await keepsFocus();

    await next('move');
    await press('Break a Sector');
    await shows(1000, 'bad');
    await press('Write Markers Again');
    await shows(1000, 'spare');
    await keepsFocus();

    await next('reload');
    await press('Reload and Verify');
    await workbench.waitFor('.notification-toast:has-text("5/5 sectors verified after the reload")');
    await keepsFocus();

    await next('power');
    await press('Cut the Power and Verify');
    await workbench.waitFor('.notification-toast:has-text("5/5 sectors verified after the power loss")');
    await keepsFocus();

    await next('next');
    await isDone('next');
    await shows(1000, 'spare');
    assert.equal((await diskInfo()).remaps, 1);
  });
});
