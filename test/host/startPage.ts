import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { openBrowser } from './browser';
import { artifactsFolder } from './paths';
import { UserError } from './processes';
import { Workbench } from './workbench';

/** How long after the page has loaded a person sees what there is to see. */
const promisedMs = 10_000;
/** A busy machine takes its time until all extensions run. */
const patienceMs = 60_000;

/**
 * Opens the page of `npm start` as a person does, and fails unless what there is to see is there ten seconds after the page
 * has loaded: the sidebar with the sample's device, a sector whose bytes come from the spare, and the sample's README.
 * A machine with more work than processors is given more time. Leaves a picture, taken after the ten seconds; then a link
 * of the README must run its command.
 */
export async function waitForSample(address: string): Promise<void> {
  const isBusy = (loadavg()[0] ?? 0) > 1.5 * availableParallelism();
  const browser = await openBrowser();
  const window = new Workbench(await browser.newPage());
  const picture = join(artifactsFolder, 'start.png');
  try {
    await window.page.goto(address);
    const loaded = performance.now();
    const photographed = window.page
      .waitForTimeout(promisedMs)
      .then(() => window.page.screenshot({ path: picture }));
    await sampleShown(window);
    const shownMs = performance.now() - loaded;
    await photographed;
    console.log(`Shown ${(shownMs / 1000).toFixed(1)} s after the page had loaded.`);
    if (shownMs > promisedMs && !isBusy) throw new UserError('That is later than 10 s.');
    await followLink(window);
  } catch (error) {
    await window.page.screenshot({ path: picture });
    throw error;
  } finally {
    await browser.close();
  }
}

async function sampleShown(window: Workbench): Promise<void> {
  const { page } = window;
  await window.row('disk').waitFor({ timeout: patienceMs });
  await page.locator('.tab', { hasText: 'disk.remap' }).waitFor({ timeout: patienceMs });
  const editor = await window.webview('[role="grid"]');
  await editor.locator('[role="row"]', { hasText: 'spare' }).first().waitFor();
  await page.locator('.editor-group-container .view-line', { hasText: 'A disk that breaks' }).waitFor();
}

/** Follows the link of the README that verifies the markers, as its words say. */
async function followLink({ page }: Workbench): Promise<void> {
  const line = page.locator('.editor-group-container .view-line', { hasText: 'Verify the markers' });
  await line
    .locator('.detected-link')
    .first()
    .click({ modifiers: ['Control'] });
  await page.locator('.notification-toast', { hasText: '5/5 sectors verified' }).waitFor();
}
