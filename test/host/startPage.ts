import { join } from 'node:path';
import { openBrowser } from './browser';
import { artifactsFolder } from './paths';
import { Workbench } from './workbench';

/** A busy machine takes its time until all extensions run. */
const patienceMs = 60_000;

/**
 * Opens the page of `npm start` as a person does, and fails unless what there is to see comes: the sidebar with the
 * sample's device, a sector whose bytes come from the spare, and the sample's README. Leaves a picture.
 */
export async function waitForSample(address: string): Promise<void> {
  const browser = await openBrowser();
  const window = new Workbench(await browser.newPage());
  const { page } = window;
  try {
    await page.goto(address);
    await window.row('disk').waitFor({ timeout: patienceMs });
    await page.locator('.tab', { hasText: 'disk.remap' }).waitFor({ timeout: patienceMs });
    const editor = await window.webview('[role="grid"]');
    await editor.locator('[role="row"]', { hasText: 'spare' }).first().waitFor();
    await page.locator('.editor-group-container .view-line', { hasText: 'A disk that breaks' }).waitFor();
  } finally {
    await page.screenshot({ path: join(artifactsFolder, 'start.png') });
    await browser.close();
  }
}
