import type { Frame, Page } from 'playwright-core';
import { findFrame } from './driverServer';

const patienceMs = 20_000;
/** How long to wait for the effect of a key or a click before it is tried again. */
const againMs = 5000;

/** How long colours take to fade from one theme to the next. */
const fadeMs = 500;

/** The window, used as a person uses it. */
export class Workbench {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(patienceMs);
  }

  /** Waits until the window is there. */
  async started(): Promise<void> {
    await this.page.waitForSelector('.monaco-workbench .part.statusbar');
  }

  /** Waits until the window is there and shows the files of its folder. */
  async ready(): Promise<void> {
    await this.started();
    await this.page.waitForSelector(
      '.explorer-folders-view .monaco-list-row, .explorer-folders-view .pane-body',
    );
  }

  /** Waits until the window knows what the extension contributes: before that, an image opens as a text. */
  async extended(): Promise<void> {
    await this.page.waitForSelector('.activitybar .action-item [aria-label^="Remap Inspector"]');
  }

  /** Runs a command by its title, as `Remap: Create Device`. */
  async command(title: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row', { hasText: title }).first();
    // A palette that is open doesn't show commands that the extension adds as it starts; the next one does.
    for (let tries = 1; ; tries++) {
      await this.page.keyboard.press('F1');
      await this.page.waitForSelector('.quick-input-widget input');
      await this.page.keyboard.type(title);
      try {
        await row.waitFor({ timeout: againMs });
        break;
      } catch (error) {
        if (tries === 4) throw error;
        await this.page.keyboard.press('Escape');
      }
    }
    // Not Enter: the palette may have put a longer title above it.
    await row.click();
  }

  /** Shows a container of the activity bar, as `Explorer`. */
  async showContainer(title: string): Promise<void> {
    const item = this.page.locator(`.activitybar .action-item:has([aria-label^="${title}"])`).first();
    const selected = (await item.getAttribute('aria-selected')) ?? (await item.getAttribute('aria-expanded'));
    if (selected !== 'true') await item.click();
    await this.page.locator('.part.sidebar .composite.title', { hasText: title }).waitFor();
  }

  /** A row of any tree in the side bar. */
  row(label: string) {
    return this.page.locator('.part.sidebar .monaco-list-row', { hasText: label }).first();
  }

  /** Expands a row of a tree in the side bar. Clicks again: VS Code ignores a click while it refreshes the tree. */
  async expand(label: string): Promise<void> {
    const row = this.row(label);
    const expanded = this.page
      .locator(`.part.sidebar .monaco-list-row[aria-expanded="true"]`, { hasText: label })
      .first();
    for (let tries = 1; ; tries++) {
      if ((await row.getAttribute('aria-expanded')) === 'false')
        await row.locator('.monaco-tl-twistie').click();
      try {
        await expanded.waitFor({ timeout: againMs });
        return;
      } catch (error) {
        if (tries === 4) throw error;
      }
    }
  }

  /** The document of the webview in which the selector matches. */
  webview(selector: string): Promise<Frame> {
    return findFrame(this.page, { contains: selector });
  }

  /** Waits until the window and its webviews show a theme of that kind. */
  async themed(kind: string): Promise<void> {
    await this.page.waitForSelector(`.monaco-workbench.${kind}`);
    await this.page.waitForTimeout(fadeMs);
  }

  /** Takes notifications and the pointer's effects out of the picture. */
  async tidy(): Promise<void> {
    await this.page.mouse.move(0, 0);
    for (const close of await this.page.locator('.notification-toast .codicon-notifications-clear').all()) {
      // Not a click: the button of a toast that is still coming in can't be reached by the pointer.
      await close.dispatchEvent('click');
    }
  }
}
