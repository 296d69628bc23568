import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureChromium } from './chromium';
import { cleanEnvironment, onEnd, UserError } from './processes';

export interface OpenBrowser {
  readonly description: string;
  newPage(): Promise<Page>;
  /** Fails when the browser or that page dies. */
  lost(page: Page): Promise<never>;
  close(): Promise<void>;
}

const windowSize = { width: 1280, height: 800 };

/** Starts a headless Chromium. */
export async function openBrowser(): Promise<OpenBrowser> {
  const { executablePath, env, description } = await ensureChromium();
  const browser: Browser = await chromium.launch({
    executablePath,
    env: cleanEnvironment(env) as Record<string, string>,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  });
  const close = async () => {
    withdraw();
    await browser.close();
  };
  const withdraw = onEnd(close);
  const newPage = async () => {
    const context = await browser.newContext({ viewport: windowSize, bypassCSP: false });
    return context.newPage();
  };
  const lost = (page: Page) =>
    new Promise<never>((_resolve, reject) => {
      page.once('crash', () => reject(new UserError('The page crashed.')));
      browser.once('disconnected', () =>
        reject(new UserError(`The browser ended by itself: ${description}`)),
      );
    });
  return { description, newPage, lost, close };
}
