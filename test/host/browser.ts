import { type Browser, chromium, type Page } from 'playwright-core';
import { ensureChromium } from './chromium';
import { cleanEnvironment, onEnd } from './processes';

export interface OpenBrowser {
  readonly description: string;
  newPage(): Promise<Page>;
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
  return { description, newPage, close };
}
