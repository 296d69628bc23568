import type { Frame, Page } from 'playwright-core';
import { editors } from '../../src/manifest';
import { findBytes, goToBytes, resultsCounted } from './benchProbe';

/** How long to wait for the effect of keys or a click before they are tried again. */
export const againMs = 15_000;

/** An editor that is measured, with files of its own kind. */
export interface BenchedEditor {
  readonly label: string;
  /** Of its files. */
  readonly extension: string;
  /** Of the editor, in `workbench.editorAssociations`. */
  readonly id: string;
  /** Goes to bytes, one after the other. @returns milliseconds until each is painted */
  goTo(page: Page, frame: Frame, byteOffsets: readonly number[]): Promise<number[]>;
  /** Finds a text that is once in the file. @returns milliseconds until that is painted */
  find(page: Page, frame: Frame, text: string): Promise<number>;
}

export const ours: BenchedEditor = {
  label: 'ours',
  extension: 'img',
  id: editors.image,
  goTo: (_page, frame, byteOffsets) => frame.evaluate(goToBytes, byteOffsets),
  find: async (page, frame, text) => {
    // A key that comes before VS Code knows which editor is active is lost.
    for (let tries = 1; ; tries++) {
      await frame.click('.cursor');
      await page.keyboard.press('Control+F');
      try {
        await frame.waitForSelector('.find-input:focus', { timeout: againMs });
        break;
      } catch (error) {
        if (tries === 4) throw error;
      }
    }
    return frame.evaluate(findBytes, Buffer.from(text).toString('hex'));
  },
};

/**
 * Microsoft's Hex Editor. It goes to a place while that is typed into a box of the workbench, and finds while a text is typed
 * into its widget: the times begin with what was typed.
 */
export const hexEditor: BenchedEditor = {
  label: 'Hex Editor',
  extension: 'hexed',
  id: 'hexEditor.hexedit',
  goTo: async (page, frame, byteOffsets) => {
    const times: number[] = [];
    const box = page.locator('.quick-input-widget:visible input');
    for (const byteOffset of byteOffsets) {
      await frame.locator('[data-key]').first().click();
      await page.keyboard.press('Control+G');
      await box.waitFor();
      const shown = frame.evaluate((at) => probe.shown(at), byteOffset);
      await box.fill(`0x${byteOffset.toString(16)}`);
      times.push((await shown) - (await page.evaluate(() => enteredAt)));
      await page.keyboard.press('Escape');
    }
    return times;
  },
  find: async (_page, frame, text) => {
    // It listens to the key in its page, and VS Code has one of its own for it.
    await frame.evaluate(() => {
      const key = { key: 'f', code: 'KeyF', ctrlKey: true, bubbles: true, cancelable: true };
      document.body.dispatchEvent(new KeyboardEvent('keydown', key));
    });
    const box = frame.locator('input[placeholder^="Find"]');
    await box.fill(text);
    const entered = await frame.evaluate(() => probe.now());
    return (await frame.evaluate(resultsCounted)) - entered;
  },
};
