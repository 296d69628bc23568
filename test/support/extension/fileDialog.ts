import { readdirSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { driver } from './driver';
import { until } from './remap';

const { workbench } = driver;

const WIDGET = '.quick-input-widget';
const row = (name: string) => `${WIDGET} .monaco-list-row[aria-label^="${name}"]`;

/**
 * Waits until the dialog for a file takes keys: while it reads a folder it puts its own path into the box, and takes no
 * Enter. It has read one when it lists what is there. The click is for VS Code's sake, which may give the focus to a page.
 */
export async function fileDialog(title: string): Promise<void> {
  await workbench.waitFor(`${WIDGET} .quick-input-title:has-text("${title}")`);
  await workbench.waitFor(row('..'));
  await workbench.click(`${WIDGET} input`);
}

/** Answers the dialog for a file with a path, as a person does who pastes it. There must be a file in its folder. */
export async function chooseFile(title: string, path: string): Promise<void> {
  await fileDialog(title);
  await driver.press('Control+A');
  await driver.insert(path);
  const names = readdirSync(dirname(path)).filter((name) => !name.startsWith('.'));
  await workbench.waitFor(row(names.includes(basename(path)) ? basename(path) : names[0]!));
  await until(`the dialog holds ${path}`, async () => (await typed()) === path);
  await driver.press('Enter');
}

const typed = () =>
  workbench.evaluate(
    (widget: string) => document.querySelector<HTMLInputElement>(`${widget} input`)?.value,
    WIDGET,
  );
