import { FILE_SYSTEM_KINDS } from '../../src/engine/scenario/fileSystems';
import { missingFor } from '../../src/engine/scenario/missing';
import type { stateFolders } from '../support/stateFolders';
import { changingScenes } from './changingScenes';
import { comparisonScenes } from './comparisonScenes';
import { layoutScenes } from './layoutScenes';
import { collapse, goTo, heading, openDevice, setSideBarWidth } from './sceneSteps';
import { volumeScenes } from './volumeScenes';
import { walkthroughScenes } from './walkthroughScenes';
import type { Workbench } from './workbench';

/** A picture to take. Scenes of one workspace follow each other in one window, in the order of the list. */
export interface Scene {
  readonly name: string;
  /** Themes whose picture also goes into media/readme. */
  readonly readme?: readonly string[];
  /** Shown in a folder of its own in this state, or (null) without one; absent: in the sample workspace. */
  readonly state?: keyof typeof stateFolders | null;
  /** Brings the window into the state to show. A film's pictures on the way there are taken by `shoot`. */
  show(window: Workbench, shoot: Shoot): Promise<void>;
  /** What this computer lacks of what the scene needs, for people; absent: nothing. */
  missing?(): Promise<readonly string[]>;
  /** Takes away what the scene has made outside of its folder, also when it failed. */
  end?(window: Workbench): Promise<void>;
  /** Makes a film of the pictures that `show` took, in the first theme. Only shown when it is named: it changes the device. */
  readonly film?: boolean;
}

/** Takes the next picture of a film, which stays for that time. */
type Shoot = (milliseconds: number) => Promise<void>;

/** Time for all scenarios, on a busy machine too. */
const SCENARIOS_MS = 400_000;
const REMAPPED_SECTOR = 2000;
const BAD_SECTOR = 3001;
/** The first of the sample's rescue that is bad; the two before it were not scraped. */
const RESCUED_SECTOR = 34;
/** Has a marker, and is healthy until the film breaks it. */
const BREAKING_SECTOR = 3000;
/** Bad, until a client writes it. */
const EXPORTED_BAD_SECTOR = 12_003;
/** Longer than modules stay unloaded in a reload. */
const RELOAD_MS = 4000;

export const scenes: readonly Scene[] = [
  {
    name: 'editor',
    async show(window) {
      await openDevice(window);
      await goTo(window, REMAPPED_SECTOR);
    },
  },
  {
    name: 'moves',
    film: true,
    async show(window, shoot) {
      await openDevice(window);
      await goTo(window, BREAKING_SECTOR);
      await shoot(2500);
      await breakSector(window, BREAKING_SECTOR);
      await shoot(2500);
      await window.command('Remap: Write Markers');
      await heading(window, 'from spare sector');
      await window.tidy();
      await shoot(2500);
      await window.command('Remap: Reload Module...');
      await window.page.getByRole('button', { name: 'Reload', exact: true }).click();
      await window.page.waitForTimeout(1200);
      await shoot(1500);
      await window.page.waitForTimeout(RELOAD_MS);
      await heading(window, 'from spare sector');
      await window.command('Remap: Verify Markers');
      await window.page.locator('.notification-toast', { hasText: 'verified' }).waitFor();
      await window.page.waitForTimeout(800);
      await shoot(3500);
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
    name: 'structures',
    readme: ['dark'],
    async show(window) {
      await openDevice(window);
      await goTo(window, REMAPPED_SECTOR);
      const page = await window.webview('[role="grid"]');
      await page.getByRole('radio', { name: 'Spare' }).click();
      await goTo(window, 0);
      await page.locator('#grid').focus();
      // The sequence number.
      for (let step = 0; step < 8; step++) await window.page.keyboard.press('ArrowRight');
      await window.command('Remap: Toggle Data Inspector');
      await page.locator('.structure-item.at-cursor').waitFor();
      await page.locator('.row:not([hidden]) .bytes:not([hidden]) .cell.field-current').first().hover();
      await page.locator('.field-hover:not([hidden])').waitFor();
    },
    async end(window) {
      const page = await window.webview('[role="grid"]');
      await page.getByRole('radio', { name: 'Device' }).click();
      await page.locator('#grid').focus();
      await window.command('Remap: Toggle Data Inspector');
    },
  },
  {
    name: 'display',
    async show(window) {
      await openDevice(window);
      await goTo(window, REMAPPED_SECTOR);
      const page = await window.webview('[role="grid"]');
      await page.locator('.display-menu .icon-button').click();
      await page.getByLabel('Colours by kind of byte').check();
      await page.getByLabel('Bytes a group').selectOption('4');
      await page.locator('.kind-text').first().waitFor();
      await window.page.waitForTimeout(500);
    },
    async end(window) {
      const page = await window.webview('[role="grid"]');
      await page.getByLabel('Bytes a group').selectOption('8');
      await page.getByLabel('Colours by kind of byte').uncheck();
      await page.locator('.display-panel').press('Escape');
    },
  },
  {
    name: 'map',
    readme: ['dark'],
    async show(window) {
      await openDevice(window);
      await goTo(window, REMAPPED_SECTOR);
      await window.command('Remap: Toggle Map');
      await window.webview('.map-kinds tbody tr[data-kind="remapped"]');
      await window.page.waitForTimeout(800);
    },
    end: (window) => window.command('Remap: Toggle Map'),
  },
  {
    name: 'folds',
    async show(window) {
      await openDevice(window);
      await goTo(window, 0);
      await window.command('Remap: Toggle Folding of Equal Sectors');
      await window.webview('.fold:not([hidden])');
      await window.page.waitForTimeout(500);
    },
    end: (window) => window.command('Remap: Toggle Folding of Equal Sectors'),
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
  {
    name: 'items',
    async show(window) {
      for (const label of ['Markers', 'Layers']) await collapse(window, label);
      for (const label of ['Health', 'Statistics']) await window.expand(label);
      await window.command('Remap: Sort Remaps...');
      await window.page.locator('.quick-input-widget .monaco-list-row', { hasText: 'Newest First' }).click();
      await window.row('newest first').waitFor();
      await window.page.waitForTimeout(500);
    },
  },
  {
    name: 'medium',
    async show(window) {
      for (const label of ['Health', 'Statistics']) await collapse(window, label);
      for (const label of ['Layers', 'medium']) await window.expand(label);
      await window.page.waitForTimeout(500);
    },
  },
  {
    name: 'rescue',
    readme: ['dark'],
    async show(window) {
      await window.row('rescue.img').click();
      await window.webview(
        '.heading[data-origin="filling"], .landmark[data-landmark="notRescued"]:not([hidden])',
      );
      await goTo(window, RESCUED_SECTOR);
      await window.page.mouse.move(700, 400);
      await window.page.mouse.wheel(0, -200);
      await window.page.waitForTimeout(300);
    },
  },
  {
    name: 'tests',
    readme: ['dark'],
    async show(window) {
      const { page } = window;
      await window.showContainer('Testing');
      await window.expand('Persistence');
      await window.command('Test: Run All Tests');
      await page.locator('.test-explorer :text("23/23")').first().waitFor({ timeout: SCENARIOS_MS });
      await setSideBarWidth(window, 384);
      await page.locator('.test-output-peek-tree .monaco-list-row', { hasText: 'Remap table' }).click();
      await window.tidy();
      await page.waitForTimeout(1000);
    },
  },
  {
    name: 'menu',
    async show(window) {
      const { page } = window;
      await openDevice(window);
      // The editor takes the focus when its page is there, which closes a menu.
      await page.waitForTimeout(2500);
      await window.row('disk').click({ button: 'right' });
      await page.waitForTimeout(800);
      await page.locator('.monaco-menu .action-label', { hasText: 'Prove' }).click();
      await page.locator('.monaco-submenu .action-label', { hasText: 'Reboot...' }).waitFor();
      await page.waitForTimeout(800);
    },
  },
  {
    name: 'report',
    async show(window) {
      const { page } = window;
      const panel = page.locator('.part.panel');
      if (await panel.isVisible()) await window.command('View: Hide Panel');
      await panel.waitFor({ state: 'hidden' });
      await window.command('Remap: Run Persistence Test...');
      const list = page.locator('.quick-input-widget');
      await list.getByRole('checkbox', { name: 'Toggle all checkboxes' }).click();
      for (const name of ['data-integrity', 'remap-persistence']) {
        await list.locator('.monaco-list-row', { hasText: name }).first().click();
      }
      await page.keyboard.press('Enter');
      const preview = await window.webview('.markdown-body h1');
      await preview.locator('table').first().waitFor();
    },
  },
  ...walkthroughScenes,
  ...volumeScenes,
  {
    name: 'export',
    readme: ['dark'],
    async show(window) {
      await openDevice(window);
      if ((await window.row('NBD Export').count()) === 0) await exportDevice(window);
      await goTo(window, EXPORTED_BAD_SECTOR);
      // The file covers the sector; mkfs and discards leave it alone.
      await runInTerminal(window, [
        `PS1='$ '; URI='${await addressOf(window)}'`,
        'cd "$(mktemp -d)"; mkdir nbd files; set +m; clear',
        'nbdfuse nbd/disk "$URI" &',
        'mkfs.ext4 -q -F -T largefile -E nodiscard nbd/disk',
        'mount -o loop nbd/disk files',
        'head -c 64M /dev/urandom > files/photos.tar; sync files/*; ls -lh files',
      ]);
      await heading(window, 'from spare sector');
      await window.tidy();
    },
    missing: () => missingFor(FILE_SYSTEM_KINDS.find(({ name }) => name === 'ext4')!),
    end: async (window) => {
      await window.page.locator('.terminal-wrapper.active .xterm-screen').click();
      await window.page.keyboard.type('umount files nbd; wait; rmdir files nbd; rmdir "$PWD"; exit');
      await window.page.keyboard.press('Enter');
      await window.page.locator('.terminal-wrapper.active').waitFor({ state: 'detached' });
    },
  },
  {
    name: 'suspended',
    async show(window) {
      await openDevice(window);
      await goTo(window, REMAPPED_SECTOR);
      await window.command('Remap: Suspend Device');
      await window.webview('.notice:not([hidden]) button');
      await window.page.locator('.statusbar-item', { hasText: 'suspended' }).waitFor();
    },
  },
  { name: 'no-folder', state: null, show: (window) => window.showContainer('Remap Inspector') },
  ...stateScenes({
    'no-images': 'Nothing in this folder',
    'which-is-main': 'Which image is main?',
    'sizes-tell': 'small.img fits field.img',
    'spare-beside-main': 'field-spare.img belongs to field.img',
    rescue: 'rescue.img is a rescue',
  }),
  {
    name: 'spare-alone',
    state: 'spare-alone',
    async show(window) {
      await window.showContainer('Remap Inspector');
      for (const label of ['Remaps', 'Metadata']) await window.expand(label);
      await window.row('2000').click();
      await window.webview('[role="grid"]');
    },
  },
  {
    name: 'broken-device-file',
    state: 'broken-device-file',
    async show(window) {
      await window.showContainer('Remap Inspector');
      await window.row('Open Device File as Text').click();
      await window.page.locator('.editor-container .view-line', { hasText: '"spare"' }).first().waitFor();
    },
  },
  {
    name: 'modules-not-loaded',
    state: 'spare-beside-main',
    async show(window) {
      await window.showContainer('Remap Inspector');
      for (const name of ['real', 'metadata']) {
        await window.command('Remap: Unload Module...');
        await window.page.locator(`.quick-input-widget .monaco-list-row[aria-label^="${name}"]`).click();
      }
      await window.row('No device can be assembled').waitFor();
    },
  },
  ...changingScenes,
  ...comparisonScenes,
  ...layoutScenes,
];

/** States of a folder in which there is nothing to do but to wait for what the side bar says. */
function stateScenes(says: Partial<Record<keyof typeof stateFolders, string>>): Scene[] {
  return Object.entries(says).map(([state, text]) => ({
    name: state === 'rescue' ? 'rescue-alone' : state,
    state: state as keyof typeof stateFolders,
    async show(window) {
      await window.showContainer('Remap Inspector');
      await window.page.locator('.part.sidebar').getByText(text).first().waitFor();
    },
  }));
}

/** Has a device exported, as a person does, and shows what clients do with it. */
async function exportDevice(window: Workbench): Promise<void> {
  await window.command('Remap: Export as NBD Disk...');
  await window.page
    .locator('.quick-input-widget .monaco-list-row', { hasText: 'Read and Write' })
    .first()
    .click();
  await window.row('NBD Export').waitFor();
  await window.tidy();
  for (const label of ['NBD Export', 'Remaps']) await window.expand(label);
}

/** The address of the exported device, as the side bar says it. */
async function addressOf(window: Workbench): Promise<string> {
  const spoken = await window.row('Address').getAttribute('aria-label');
  return /nbd\S+/.exec(spoken ?? '')?.[0] ?? '';
}

/** Types lines into a terminal, each when the one before it is done. */
async function runInTerminal(window: Workbench, lines: readonly string[]): Promise<void> {
  const { page } = window;
  await window.command('Terminal: Create New Terminal');
  // The editor's page may take the focus after the terminal was made.
  await page.waitForTimeout(2500);
  await page.locator('.terminal-wrapper.active .xterm-screen').click();
  for (const line of lines) {
    await page.keyboard.type(line);
    await page.keyboard.press('Enter');
    await page.waitForTimeout(1200);
  }
}

/** Makes a sector of main bad, as a person does with *Inject Errors...*. */
async function breakSector(window: Workbench, sector: number): Promise<void> {
  const { page } = window;
  await window.command('Remap: Inject Errors...');
  await page
    .locator('.quick-input-widget .monaco-list-row', { hasText: 'Bad Sectors on Main' })
    .first()
    .click();
  const box = page.locator('.quick-input-widget input[type="text"]');
  await box.fill(String(sector));
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'Inject Errors', exact: true }).click();
  await heading(window, 'bad sector');
}
