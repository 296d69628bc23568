import { PHOTO_SECTOR } from '../support/stateFolders';
import { goTo, heading } from './sceneSteps';
import type { Scene } from './scenes';
import type { Workbench } from './workbench';

/** What only the row of the image says, by its size: the advice above names it too. */
const IMAGE = 'MiB';

/** The large map of the card, which says whose its sectors are. */
const mapOwners: Scene = {
  name: 'map-owners',
  state: 'memory-card',
  readme: ['dark'],
  async show(window) {
    await showCard(window);
    await window.row(IMAGE).click();
    const page = await window.webview('[role="grid"]');
    await goTo(window, PHOTO_SECTOR);
    await window.command('Remap: Toggle Map');
    await page.getByRole('button', { name: 'Colour by Owner' }).click();
    await page.locator('[data-kind="file"]').waitFor();
    await window.page.waitForTimeout(500);
  },
};

/** A memory card with a bad sector: the file that it belongs to, and what is lost of all files. */
export const volumeScenes: readonly Scene[] = [
  {
    name: 'bad-file',
    state: 'memory-card',
    async show(window) {
      await showCard(window);
      await window.row(IMAGE).click();
      await window.webview('[role="grid"]');
      await goTo(window, PHOTO_SECTOR);
      await heading(window, 'fat16: /HOLIDAY.JPG');
    },
  },
  {
    name: 'damage-report',
    state: 'memory-card',
    readme: ['dark'],
    async show(window) {
      await showCard(window);
      await window.row('Whole disk').click({ button: 'right' });
      const item = window.page.getByRole('menuitem', { name: 'Show Damage Report' });
      await item.waitFor();
      // VS Code ignores a click on a menu that has just opened.
      await window.page.waitForTimeout(500);
      await item.click();
      const report = window.page.locator('.editor-container .view-line', { hasText: 'HOLIDAY.JPG' });
      await report.first().waitFor();
    },
  },
  mapOwners,
];

async function showCard(window: Workbench): Promise<void> {
  await window.showContainer('Remap Inspector');
  for (const label of [IMAGE, 'Volumes', 'Whole disk']) await window.expand(label);
  await window.row('HOLIDAY.JPG').waitFor();
}
