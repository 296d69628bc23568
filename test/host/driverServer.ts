import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Frame, Page } from 'playwright-core';
import type { DriverReply, DriverRequest, FrameMatcher } from './driverProtocol';
import { artifactsFolder } from './paths';
import { onEnd } from './processes';

const patienceMs = 15_000;
const pollMs = 50;

/** Serves the requests of the tests on loopback, at an address with a random path, which only the tests know. */
export async function serveDriver(page: () => Page): Promise<{ url: string; close: () => void }> {
  const path = `/${randomBytes(16).toString('hex')}`;
  const server = createServer((request, response) => {
    void reply(request, path, page).then((body) => response.end(JSON.stringify(body)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const close = () => {
    withdraw();
    server.close();
    server.closeAllConnections();
  };
  const withdraw = onEnd(close);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, close };
}

async function reply(request: IncomingMessage, path: string, page: () => Page): Promise<DriverReply> {
  try {
    if (request.url !== path) return { error: 'not the address of the driver' };
    return { value: (await act(page(), JSON.parse(await text(request)) as DriverRequest)) ?? null };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

async function act(page: Page, request: DriverRequest): Promise<unknown> {
  switch (request.action) {
    case 'screenshot':
      return screenshot(page, request.name);
    case 'resize': {
      const before = page.viewportSize();
      await page.setViewportSize(request);
      return before;
    }
    case 'press':
      return page.keyboard.press(request.keys);
    case 'type':
      return page.keyboard.type(request.text);
    case 'insert':
      return page.keyboard.insertText(request.text);
    case 'waitFor':
      return (await findFrame(page, request.frame))
        .waitForSelector(request.selector, { timeout: patienceMs })
        .then(() => null);
    case 'click':
      return (await findFrame(page, request.frame)).click(request.selector, {
        timeout: patienceMs,
        button: request.button ?? 'left',
        clickCount: request.count ?? 1,
      });
    case 'evaluate':
      return (await findFrame(page, request.frame)).evaluate(request.script);
    case 'aria':
      return (await findFrame(page, request.frame))
        .locator(request.selector)
        .first()
        .ariaSnapshot({ timeout: patienceMs });
  }
}

/** Saves a picture of the whole window in the artefacts folder and returns its path. */
export async function screenshot(page: Page, name: string): Promise<string> {
  mkdirSync(artifactsFolder, { recursive: true });
  const path = join(artifactsFolder, `${name.replace(/[^\w.-]+/g, '-')}.png`);
  await page.screenshot({ path });
  return path;
}

/** Waits for the document that matches. */
export async function findFrame(page: Page, matcher: FrameMatcher): Promise<Frame> {
  if (matcher === 'workbench') return page.mainFrame();
  const deadline = Date.now() + patienceMs;
  do {
    for (const frame of page.frames().slice(1)) {
      if (await contains(frame, matcher.contains)) return frame;
    }
    await page.waitForTimeout(pollMs);
  } while (Date.now() < deadline);
  const addresses = page.frames().map((frame) => frame.url());
  throw new Error(`no webview contains ${matcher.contains}; frames:\n${addresses.join('\n')}`);
}

async function contains(frame: Frame, selector: string): Promise<boolean> {
  try {
    return (await frame.$(selector)) !== null;
  } catch {
    return false;
  }
}
