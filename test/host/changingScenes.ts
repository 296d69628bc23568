import { goTo, openDevice } from './sceneSteps';
import type { Scene } from './scenes';
import type { Workbench } from './workbench';

const SECTOR = 2000;

/** What the sector editor asks and offers about changes. */
export const changingScenes: readonly Scene[] = [
  {
    name: 'fill',
    async show(window) {
      await openAt(window);
      await window.command('Remap: Fill...');
      await window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'Zeros' }).click();
      await window.page.locator('.quick-input-widget input:focus').waitFor();
      await window.page.keyboard.type('2000-2047');
      await window.page.waitForTimeout(500);
    },
    end: (window) => window.page.keyboard.press('Escape'),
  },
  {
    name: 'copy-as',
    async show(window) {
      await openAt(window);
      const editor = await window.webview('[role="grid"]');
      await editor.locator('.cursor').first().click({ button: 'right' });
      await window.page.locator('.monaco-menu .action-label', { hasText: 'Copy As' }).hover();
      await window.page.locator('.monaco-submenu .action-label').first().waitFor();
      await window.page.waitForTimeout(500);
    },
    async end(window) {
      for (let i = 0; i < 2; i++) await window.page.keyboard.press('Escape');
    },
  },
];

async function openAt(window: Workbench): Promise<void> {
  await openDevice(window);
  await goTo(window, SECTOR);
}
