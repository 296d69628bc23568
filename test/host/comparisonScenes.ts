import { goTo, openDevice } from './sceneSteps';
import type { Scene } from './scenes';

const MARKER_SECTOR = 3000;
const SIDE_BAR = 'View: Toggle Primary Side Bar Visibility';

/** Two sector editors side by side: what is edited, and what is saved. */
export const comparisonScenes: readonly Scene[] = [
  {
    name: 'comparing',
    readme: ['dark'],
    async show(window) {
      await openDevice(window);
      await goTo(window, MARKER_SECTOR);
      await window.page.keyboard.type('45646974656420');
      await window.command('Remap: Compare Side by Side');
      const saved = window.page.locator('.quick-input-list .monaco-list-row', { hasText: 'disk as saved' });
      await saved.first().click();
      const second = await window.webview('.editor[data-compared="second"]');
      await second.locator('.comparison-words', { hasText: '1 difference in 1 sector' }).waitFor();
      await window.command(SIDE_BAR);
      // No tooltip.
      await window.page.mouse.move(640, 600);
      await second.locator('.row .differs').first().waitFor();
    },
    async end(window) {
      await window.command(SIDE_BAR);
      await window.command('File: Revert File');
      await window.command('View: Close All Editor Groups');
    },
  },
];
