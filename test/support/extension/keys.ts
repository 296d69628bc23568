import assert from 'node:assert/strict';
import { driver } from './driver';
import { grid, pageIsLeft } from './editor';
import { until } from './remap';

const { workbench } = driver;

/** What has the focus: the row of a tree, another part of the window, or one of the editor's page; "" when it is lost. */
async function focused(): Promise<string> {
  const part = await workbench.evaluate(() => {
    let { activeElement } = document;
    // Menus are in a shadow tree.
    while (activeElement?.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
    if (!activeElement || activeElement === document.body) return '';
    if (activeElement.tagName === 'IFRAME') return 'page';
    const row = activeElement.querySelector('.monaco-list-row.focused');
    if (row) return `row ${row.getAttribute('aria-label')}`;
    const name = activeElement.getAttribute('aria-label') ?? activeElement.textContent;
    return `${activeElement.getAttribute('role') ?? activeElement.tagName} ${name}`;
  });
  return part === 'page' ? focusedInPage() : part;
}

function focusedInPage(): Promise<string> {
  return grid().evaluate(() => {
    const { activeElement } = document;
    if (!activeElement || activeElement === document.body || !activeElement.checkVisibility()) return '';
    if (activeElement.id === 'grid') return `bytes ${activeElement.getAttribute('aria-activedescendant')}`;
    return `part ${activeElement.getAttribute('aria-label') ?? activeElement.textContent}`;
  });
}

/** Presses a key until what has the focus begins with that. It must never be lost on the way. */
export async function pressUntil(key: string, wanted: string): Promise<string> {
  const way: string[] = [];
  for (let presses = 0; presses < 80; presses++) {
    const now = await settled(way);
    if (now.startsWith(wanted)) return now;
    way.push(now);
    await driver.press(key);
  }
  return assert.fail(`${key} doesn't lead to ${wanted}: ${way.join(' > ')}`);
}

/** What has the focus, once something has it: an element that goes gives it to another a moment later. */
async function settled(way: readonly string[]): Promise<string> {
  let now = '';
  await until(`something has the focus after ${way.join(' > ')}`, async () => {
    now = await focused();
    return now !== '';
  });
  return now;
}

/** Waits until what has the focus begins with that. */
export const focusIs = (wanted: string) =>
  until(`the focus is at ${wanted}`, async () => (await focused()).startsWith(wanted));

/**
 * Runs a command as a person does without a mouse.
 * @param isLast the command asks nothing: an editor's page that had the focus has it again
 */
export async function run(title: string, isLast = false): Promise<void> {
  await driver.press('F1');
  await workbench.waitFor('.quick-input-widget input:focus');
  if (isLast) await pageIsLeft();
  await driver.type(title);
  await workbench.waitFor(`.quick-input-list .monaco-list-row.focused[aria-label*="${title}"]`);
  await driver.press('Enter');
}
