import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { driver } from './driver';
import { call } from './remap';
import { rowOf } from './sideBar';

/** Shows the sidebar's views of a workspace that another program has put files into. */
export async function showViews(): Promise<void> {
  await call('workbench.view.extension.remap');
  await call('remap.refresh');
}

/** Waits for a sentence in the Devices view, with its action below it. */
export async function advised(sentence: string, action: string): Promise<void> {
  await driver.workbench.waitFor(rowOf(sentence));
  await driver.workbench.waitFor(rowOf(`${action}, action`));
}

/** Does what the view says is to be done. */
export async function follow(action: string): Promise<void> {
  await driver.workbench.click(rowOf(`${action}, action`));
}

/** Waits until the Devices view, empty, says this and has this button. */
export async function welcomed(sentence: string, button: string): Promise<void> {
  const view = '.sidebar .pane:has([aria-label^="Devices"]) .welcome-view-content';
  await driver.workbench.waitFor(`${view} :text("${sentence}")`);
  await driver.workbench.waitFor(`${view} .monaco-button:has-text("${button}")`);
}

/** The files of a folder, with their bytes and times. */
export function fingerprint(folder: string): string[] {
  return readdirSync(folder)
    .sort()
    .map((name) => {
      const path = join(folder, name);
      const hash = createHash('sha256').update(readFileSync(path)).digest('hex');
      return `${name} ${statSync(path).mtimeMs} ${hash}`;
    });
}
