import * as vscode from 'vscode';
import { editorCommands, editors } from '../../../src/manifest';
import { driver } from './driver';
import { call, type Folder, until } from './remap';

/** The page of the sector editor that is open. */
export const grid = () => driver.webview('#grid');

/** Whether keys reach the bytes of the sector editor. */
export function gridHasFocus(): Promise<boolean> {
  return grid().evaluate(
    () => document.hasFocus() && document.activeElement?.closest('#grid') instanceof HTMLElement,
  );
}

/**
 * Waits until VS Code knows that a question has taken the focus from the page. It looks every 250 ms: of a question that is
 * answered sooner it knows nothing, and gives the page no focus back.
 */
export async function pageIsLeft(): Promise<void> {
  const isOpen = await driver.workbench.evaluate(
    () => document.querySelector('iframe.webview.ready') !== null,
  );
  if (!isOpen) return;
  await driver.webview('#active-frame').evaluate(
    () =>
      new Promise<void>((resolve) => {
        let looks = 0;
        const timer = setInterval(() => {
          if (document.hasFocus()) looks = 0;
          else if (++looks === 2) {
            clearInterval(timer);
            resolve();
          }
        }, 250);
      }),
  );
}

/** Makes the hooks of a suite whose tests change sectors in a folder of its own. Needs the driver. */
export function editorHooks(folder: Folder): void {
  before(async function () {
    driver.require(this);
    await folder.create();
    await setAutoSave('off');
  });

  afterEach(closeAll);

  after(async () => {
    await setAutoSave(undefined);
    await folder.remove();
  });
}

/** Closes every editor; for a hook after each test. */
export async function closeAll(this: Mocha.Context): Promise<void> {
  // The picture that is made after every failed test would be too late: the editor is closed then.
  const { currentTest: test } = this;
  if (driver.available && test?.state === 'failed') await driver.screenshot(`editor left by ${test.title}`);
  await call('workbench.action.revertAndCloseActiveEditor').catch(() => undefined);
  await call('workbench.action.closeAllEditors');
}

export interface ShownSector {
  readonly heading: string;
  /** The bytes of the rows in view, which may be fewer than the sector has. */
  readonly hex: string;
  /** The words in place of bytes, or null. */
  readonly placeholder: string | null;
}

/** What the editor shows of a sector. */
export async function shownSector(sector: number): Promise<ShownSector> {
  return grid().evaluate((wanted: number) => {
    const all = (selector: string) => [...document.querySelectorAll<HTMLElement>(selector)];
    const offsetOf = (row: HTMLElement) =>
      Number.parseInt(row.querySelector('.offset')?.textContent ?? '', 16);
    const rows = all('.row:not([hidden])')
      .filter((row) => row.querySelector('.bytes:not([hidden])'))
      .filter((row) => Math.floor(offsetOf(row) / 512) === wanted)
      .sort((a, b) => offsetOf(a) - offsetOf(b));
    const headings = all(`.heading:not([hidden])[data-sector="${wanted}"]`);
    const top = rows[0]?.getBoundingClientRect().top ?? 0;
    const placeholder = all('.placeholder').find((each) => {
      const { top: from, bottom } = each.getBoundingClientRect();
      return from <= top + 1 && bottom > top + 1;
    });
    const cells = rows.flatMap((row) => [...row.querySelectorAll('.hex .cell')]);
    return {
      heading: headings[0]?.textContent ?? '',
      hex: cells.map((cell) => cell.textContent).join(''),
      placeholder: placeholder?.textContent ?? null,
    };
  }, sector);
}

/** Goes to a place as a person does. */
export async function typeGoTo(input: string): Promise<void> {
  await call(editorCommands.goTo);
  await until('the box has the focus', () =>
    grid().evaluate(() => document.activeElement?.className === 'goto'),
  );
  await driver.type(input);
  await driver.press('Enter');
}

/** Goes to a place, and waits until its bytes are there. */
export async function goTo(input: string, sector: number): Promise<void> {
  await typeGoTo(input);
  await loaded(sector);
}

/** Waits until a sector is in view with its bytes or a placeholder. */
export async function loaded(sector: number): Promise<void> {
  await until(`sector ${sector} is shown`, async () => {
    const { heading, hex, placeholder } = await shownSector(sector);
    return heading.startsWith(`Sector ${sector} `) && (hex !== '' || placeholder !== null);
  });
}

async function setAutoSave(value: 'off' | undefined): Promise<void> {
  await vscode.workspace
    .getConfiguration('files')
    .update('autoSave', value, vscode.ConfigurationTarget.Global);
}

export async function openImage(path: string): Promise<void> {
  await call('vscode.openWith', vscode.Uri.file(path), editors.image);
  await grid().waitFor('.row');
}

/** Pastes a text into the bytes. The keys of this window paste from another clipboard than that of VS Code. */
export async function paste(text: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  await grid().evaluate((pasted: string) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    const event = new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true });
    document.activeElement?.dispatchEvent(event);
  }, text);
}
