import { goTo, openDevice, setSideBarWidth } from './sceneSteps';
import type { Scene } from './scenes';
import type { Workbench } from './workbench';

const REMAPPED_SECTOR = 2000;
/** Has bytes of the remapped sector 2,000. */
const SECTOR_OF_520 = 1969;
const USUAL = { width: 1280, height: 800 };
/** Has room for all items of a device. */
const HIGH = { width: 1280, height: 1100 };
/** What a usual window has room for when the browser shows it at 150 %. */
const ZOOMED = { width: 853, height: 533 };
const NARROWEST = 170;
const NARROW = 300;
const WIDE = 560;
/** Time for fifty devices, on a busy machine too. */
const MANY_MS = 60_000;

/** Side bars and windows of other widths, and names of all lengths. */
export const layoutScenes: readonly Scene[] = [
  ...[NARROWEST, NARROW, WIDE].map(
    (pixels): Scene => ({
      name: `side-bar-${pixels}`,
      async show(window) {
        await openItems(window);
        await setSideBarWidth(window, pixels);
      },
    }),
  ),
  {
    name: 'zoom-150',
    async show(window) {
      await window.page.setViewportSize(USUAL);
      await openDevice(window);
      await setSideBarWidth(window, NARROW);
      await window.page.setViewportSize(ZOOMED);
      await goTo(window, REMAPPED_SECTOR);
    },
  },
  {
    name: 'bookmarks',
    async show(window) {
      await window.page.setViewportSize(USUAL);
      await openDevice(window);
      await goTo(window, REMAPPED_SECTOR);
      await toggleBookmark(window, 'first marker that moved');
      for (let step = 0; step < 10; step++) await window.page.keyboard.press('ArrowRight');
      await toggleBookmark(window, 'its number');
      await window.command('Remap: Toggle Map');
      await window.webview('.map-kinds tbody tr[data-kind="bookmark"]');
      await window.page.waitForTimeout(800);
    },
    end: (window) => window.command('Remap: Toggle Map'),
  },
  {
    name: 'sectors-of-520',
    async show(window) {
      await window.page.setViewportSize(USUAL);
      await openDevice(window);
      await chooseSectorSize(window, '520');
      await goTo(window, SECTOR_OF_520);
      await window.command('Remap: Toggle Map');
      await window.webview('.map-kinds tbody tr[data-kind="remapped"]');
      await window.page.waitForTimeout(800);
    },
    async end(window) {
      await window.command('Remap: Toggle Map');
      await chooseSectorSize(window, '512');
    },
  },
  {
    name: 'fifty-devices',
    state: 'fifty-devices',
    // The last of those with bad sectors: in sight only once it is among the first.
    show: (window) => showAssembled(window, 'disk43'),
  },
  { name: 'names', state: 'names', show: (window) => showAssembled(window, 'xxx') },
  { name: 'names-170', state: 'names', show: (window) => setSideBarWidth(window, NARROWEST) },
];

async function toggleBookmark(window: Workbench, name: string): Promise<void> {
  await window.page.keyboard.press('Control+Alt+K');
  await window.page.locator('.quick-input-widget input:focus').waitFor();
  await window.page.keyboard.press('Control+A');
  await window.page.keyboard.type(name);
  await window.page.keyboard.press('Enter');
  await window.webview(`.heading-names:has-text("${name}")`);
}

/** Has the device counted in sectors of another size. */
async function chooseSectorSize(window: Workbench, size: string): Promise<void> {
  const page = await window.webview('[role="grid"]');
  await page.locator('.display-menu .icon-button').click();
  await page.getByLabel('Bytes a sector').selectOption(size);
  await page.locator('.display-panel').press('Escape');
}

/** Opens the sample's device with the items in view that have long texts and bars. */
async function openItems(window: Workbench): Promise<void> {
  await window.page.setViewportSize(HIGH);
  await setSideBarWidth(window, NARROW);
  await openDevice(window);
  await window.command('Remap: Verify Markers');
  for (const label of ['Markers', 'Layers', 'Health', 'Statistics']) await window.expand(label);
  await goTo(window, REMAPPED_SECTOR);
}

/** Assembles all devices of the folder, and waits for one with bad sectors. */
async function showAssembled(window: Workbench, name: string): Promise<void> {
  await window.page.setViewportSize(USUAL);
  await window.showContainer('Remap Inspector');
  await setSideBarWidth(window, NARROW);
  await window.row('not assembled').waitFor();
  await window.command('Remap: Assemble All Devices');
  const troubled = window.page.locator(
    `.sidebar .monaco-list-row[aria-label^="Device ${name}"][aria-label*="bad"]`,
  );
  await troubled.first().waitFor({ timeout: MANY_MS });
  await window.page.waitForTimeout(2000);
}
