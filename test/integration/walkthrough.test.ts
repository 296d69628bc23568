import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceInfo } from '../../src/engine/device/deviceContracts';
import { driver } from '../support/extension/driver';
import { extensionId } from '../support/extension/extensionId';
import { notified } from '../support/extension/notifications';
import { call, until } from '../support/extension/remap';

const STEPS = ['create', 'markers', 'move', 'reload', 'power', 'next'] as const;
type Step = (typeof STEPS)[number];

const QUESTIONS = ['Name of the device', 'Size of the main image', 'Size of the spare image'];
const { workbench } = driver;
const step = (id: Step) => `.getting-started-step[data-step-id$="#${id}"]`;

const isDone = (id: Step) => workbench.waitFor(`${step(id)} .codicon-getting-started-step-checked`);

/** Waits until the editor beside the walkthrough shows a sector whose bytes come from there. */
async function shows(sector: number, origin: string): Promise<void> {
  const heading = `.heading[data-sector="${sector}"][data-origin="${origin}"]`;
  await driver.webview(heading).texts(heading);
}

/** The picture of the map of the whole view. */
const mapPicture = () =>
  driver.webview('.heading').evaluate(() => document.querySelector('canvas')!.toDataURL());

async function diskInfo(): Promise<DeviceInfo | undefined> {
  return (await call<DeviceInfo[]>('remap.listDevices')).find(({ name }) => name === 'disk');
}

/** Answers the questions as proposed. */
async function pressEnterThreeTimes(): Promise<void> {
  for (const question of QUESTIONS) {
    await workbench.waitFor(
      `.quick-input-widget:has(.quick-input-message:has-text("${question}")) input:focus`,
    );
    await driver.press('Enter');
  }
}

/** The class, step and text of the element that has the focus; "" when it is lost. */
const focused = () =>
  workbench.evaluate(() => {
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body) return '';
    const id = activeElement.closest('.getting-started-step')?.getAttribute('data-step-id') ?? '';
    return `${activeElement.className}|${id}|${activeElement.textContent}`;
  });

/** The step that is open. */
async function openStep(): Promise<Step | undefined> {
  const id = await workbench.evaluate(
    () => document.querySelector('.getting-started-step.expanded')?.getAttribute('data-step-id') ?? '',
  );
  return STEPS.find((each) => id.endsWith(`#${each}`));
}

describe('the walkthrough', () => {
  before(function () {
    driver.require(this);
  });

  beforeEach(clear);
  after(clear);

  async function clear(): Promise<void> {
    await call('workbench.action.closeQuickOpen');
    await call('workbench.action.closeAllEditors');
    await call('notifications.clearAll');
    // A reboot brings back the devices that other tests left in the workspace, and a power loss with them is asked about.
    for (const { name } of await call<DeviceInfo[]>('remap.listDevices')) await call('remap.remove', name);
    for (const name of ['disk.remap', 'disk.img', 'disk-spare.img', 'disk.img.map'])
      await rm(join(process.env.REMAP_WORKSPACE!, name), { force: true });
  }

  describe('by mouse', () => {
    async function press(label: string): Promise<void> {
      await workbench.click(`.getting-started-step.expanded .monaco-button:has-text("${label}")`);
    }

    async function select(id: Step): Promise<void> {
      if ((await openStep()) !== id) await workbench.click(step(id));
      await workbench.waitFor(`${step(id)}.expanded`);
    }

    it('shows a sector that breaks, moves, and outlives a reload and a power loss', async () => {
      await call('workbench.action.openWalkthrough', `${extensionId}#start`);
      await workbench.waitFor('.getting-started-step.expanded');
      await select('create');
      await press('Create Small Device');
      await pressEnterThreeTimes();
      await shows(0, 'main');
      await isDone('create');
      const created = (await diskInfo())!;
      assert.deepEqual([created.sectors, created.flakey], [16_384, null]);

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
      const [heading] = await driver.webview('.heading').texts('.heading[data-sector="1000"]');
      assert.match(heading!, /from spare sector 1280/);

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
      assert.equal((await diskInfo())!.remaps, 1);
      await call('notifications.clearAll');

      await select('next');
      await isDone('next');
      await shows(1000, 'spare');
    });
  });

  describe('by keyboard alone', () => {
    /** Presses a key until the focus is where it is wanted. */
    async function pressUntil(key: string, wanted: RegExp): Promise<void> {
      for (let presses = 0; presses < 60; presses++) {
        const element = await focused();
        assert.notEqual(element, '', `lost on the way to ${wanted}`);
        if (wanted.test(element)) return;
        await driver.press(key);
      }
      assert.fail(`${key} leads to ${await focused()} instead of ${wanted}`);
    }

    async function press(label: string): Promise<void> {
      await pressUntil('Tab', new RegExp(`monaco-button[^|]*\\|[^|]*\\|${label}$`));
      await driver.press('Enter');
    }

    /** Goes to a step by the arrow keys. VS Code moves the focus a moment after it opens a step. */
    async function go(id: Step): Promise<void> {
      const isOutside = (await focused()).startsWith('gettingStartedContainer');
      await pressUntil(isOutside ? 'Tab' : 'Shift+Tab', /^getting-started-step expanded/);
      for (let at = await openStep(); at !== id; at = await openStep()) {
        const before = at;
        await driver.press(STEPS.indexOf(before!) < STEPS.indexOf(id) ? 'ArrowDown' : 'ArrowUp');
        await until(`another step than ${before} is open`, async () => (await openStep()) !== before);
      }
      const isThere = new RegExp(`^getting-started-step expanded\\|[^|]*#${id}\\|`);
      await until(`the focus is at ${id}`, async () => isThere.test(await focused()));
    }

    /** The walkthrough has the focus, on the step that is open once VS Code has taken it back from the editor beside. */
    async function keepsFocus(): Promise<void> {
      const own = /^gettingStartedContainer|^getting-started-step expanded/;
      await until('the walkthrough has the focus', async () => own.test(await focused()));
    }

    /** Waits until the counters of the device have restarted, and its markers are verified. */
    async function restarted(): Promise<void> {
      await until('the device is back and read', async () => {
        const { reads, writes } = (await diskInfo())?.statistics ?? { reads: 0, writes: 0 };
        return writes === 0 && reads > 0;
      });
      await shows(1000, 'spare');
    }

    /** Chooses from a list by its words. */
    async function choose(words: string): Promise<void> {
      const row = `.quick-input-list .monaco-list-row.focused[aria-label^="${words}"]`;
      await driver.type(words);
      await workbench.waitFor(row);
      await driver.press('Enter');
    }

    it('is gone through from the first step to the last, and the focus is never lost', async () => {
      await driver.press('F1');
      await workbench.waitFor('.quick-input-widget input:focus');
      await choose('Welcome: Open Walkthrough');
      await workbench.waitFor('.quick-input-list .monaco-list-row[aria-label^="See a Bad Sector Move"]');
      await choose('See a Bad Sector Move');
      await until('the walkthrough has the focus', async () =>
        /^getting-started-step expanded/.test(await focused()),
      );
      await go('create');
      await press('Create Small Device');
      await pressEnterThreeTimes();
      await shows(0, 'main');
      await keepsFocus();

      await go('markers');
      await press('Write Markers');
      await shows(1000, 'main');
      await keepsFocus();

      await go('move');
      await press('Break a Sector');
      await shows(1000, 'bad');
      await keepsFocus();
      await press('Write Markers Again');
      await shows(1000, 'spare');
      await keepsFocus();

      await go('reload');
      await press('Reload and Verify');
      await restarted();
      await keepsFocus();

      await go('power');
      await call('remap.writeMarkers', 'disk');
      await press('Cut the Power and Verify');
      await restarted();
      await keepsFocus();

      await go('next');
      await isDone('next');
      await shows(1000, 'spare');
      assert.equal((await diskInfo())!.remaps, 1);
      await notified('verified after the reload');
      await notified('verified after the power loss');
    });
  });
});
