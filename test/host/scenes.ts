import type { Workbench } from './workbench';

/** Something worth a picture. Scenes follow each other in one window, in the order of the list. */
export interface Scene {
  readonly name: string;
  /** Themes whose picture also goes to media/readme. */
  readonly readme?: readonly string[];
  /** Brings the window into the state to show. */
  show(window: Workbench): Promise<void>;
}

const REMAPPED_SECTOR = 2000;
const BAD_SECTOR = 3001;

export const scenes: readonly Scene[] = [
  {
    name: 'editor',
    readme: ['dark'],
    async show(window) {
      await window.showContainer('Remap Inspector');
      await window.row('disk').waitFor();
      await window.showContainer('Explorer');
      await window.row('disk.remap').dblclick();
      const editor = await window.webview('[role="grid"]');
      await editor.locator('[role="row"]').first().waitFor();
      await window.showContainer('Remap Inspector');
      await window.expand('disk');
      await goTo(window, REMAPPED_SECTOR);
    },
  },
  {
    name: 'unreadable',
    readme: ['dark'],
    async show(window) {
      await goTo(window, BAD_SECTOR);
      const { page } = window;
      await page.mouse.move(700, 400);
      await page.mouse.wheel(0, -200);
      await page.waitForTimeout(300);
    },
  },
  {
    name: 'sidebar',
    readme: ['dark'],
    async show(window) {
      await window.command('Remap: Verify Markers');
      for (const label of ['Markers', 'Remaps', 'Layers']) await window.expand(label);
      await goTo(window, REMAPPED_SECTOR);
    },
  },
];

/** The editor's own field takes what is typed once it has the focus. */
async function goTo(window: Workbench, sector: number): Promise<void> {
  await window.command('Remap: Go to Sector');
  await window.page.waitForTimeout(1500);
  await window.page.keyboard.type(String(sector));
  await window.page.keyboard.press('Enter');
  await window.page.waitForTimeout(500);
}
