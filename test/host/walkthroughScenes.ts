import type { Scene } from './scenes';
import type { Workbench } from './workbench';

/** Longer than modules stay unloaded in a reload, on a busy machine too. */
const RELOAD_MS = 30_000;

/** The walkthrough, from its first step to its last; each scene goes on where the one before ended. */
export const walkthroughScenes: readonly Scene[] = [
  {
    name: 'walkthrough',
    async show(window) {
      await window.command('Welcome: Open Walkthrough...');
      await window.page.keyboard.type('See a Bad Sector Move');
      await window.page
        .locator('.quick-input-list .monaco-list-row', { hasText: 'See a Bad Sector' })
        .first()
        .click();
      // Beside the side bar there is no room for its pictures.
      await window.page.keyboard.press('Control+B');
      await window.page.locator('.getting-started-media').waitFor();
    },
  },
  {
    name: 'walkthrough-create',
    async show(window) {
      await window.page.keyboard.press('Control+B');
      await press(window, 'Create Small Device');
      for (const question of ['Name of the device', 'Size of the main image', 'Size of the spare image']) {
        await window.page.locator('.quick-input-message', { hasText: question }).waitFor();
        await window.page.keyboard.press('Enter');
      }
      await window.webview('.heading');
      await isDone(window, 'create');
    },
  },
  wholeStep('markers', 'Write Markers'),
  {
    name: 'walkthrough-broken',
    async show(window) {
      await select(window, 'move');
      await press(window, 'Break a Sector');
      await window.webview('.heading[data-origin="bad"]');
    },
  },
  {
    name: 'walkthrough-moved',
    async show(window) {
      await press(window, 'Write Markers Again');
      await isDone(window, 'move');
    },
  },
  wholeStep('reload', 'Reload and Verify'),
  wholeStep('power', 'Cut the Power and Verify'),
  {
    name: 'walkthrough-next',
    show: (window) => select(window, 'next'),
  },
];

const step = (id: string) => `.getting-started-step[data-step-id$="#${id}"]`;

/** The scene of a step that one button does. */
function wholeStep(id: string, label: string): Scene {
  return {
    name: `walkthrough-${id}`,
    async show(window) {
      await select(window, id);
      await press(window, label);
      await isDone(window, id);
    },
  };
}

async function select(window: Workbench, id: string): Promise<void> {
  await window.page.locator(step(id)).click();
  await window.page.locator(`${step(id)}.expanded`).waitFor();
}

/** Presses a button of the step that is open. */
async function press(window: Workbench, label: string): Promise<void> {
  await window.page
    .locator('.getting-started-step.expanded .monaco-button', { hasText: label })
    .first()
    .click();
}

async function isDone(window: Workbench, id: string): Promise<void> {
  const badge = window.page.locator(`${step(id)} .codicon-getting-started-step-checked`);
  await badge.waitFor({ timeout: RELOAD_MS });
}
