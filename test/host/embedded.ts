import { randomBytes } from 'node:crypto';
import { appendFileSync, readdirSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { format } from 'node:util';
import type { Page } from 'playwright-core';
import { openBrowser } from './browser';
import { outputMark } from './driverProtocol';
import { screenshot, serveDriver } from './driverServer';
import { type EmbeddedVersion, ensureServer } from './embeddedVersion';
import { artifactsFolder } from './paths';
import { UserError } from './processes';
import { installExtension, type Server, startServer } from './server';
import { hostTimeoutMs, type Prepared, type SuiteRun } from './suiteRun';

/** Runs a suite in the extension host of the embedded VS Code; the exit code is 0 when its `run()` resolved. */
export async function runEmbedded(
  version: EmbeddedVersion,
  suite: SuiteRun,
  prepared: Prepared,
): Promise<number> {
  await ensureServer(version);
  const browser = await openBrowser();
  console.log(
    `Host: embedded VS Code ${version.vscode} (code-server ${version.codeServer}), in ${browser.description}`,
  );
  const page = await browser.newPage();
  const driver = await serveDriver(() => page);
  const dataFolder = join(prepared.folder, 'data');
  const logFile = join(artifactsFolder, `${suite.name}-host.log`);
  await mkdir(artifactsFolder, { recursive: true });
  removeEarlier(suite.name);
  if (suite.vsix) await installExtension(version, dataFolder, suite.vsix);
  const server = await startServer({
    version,
    dataFolder,
    logFile,
    port: 0,
    token: randomBytes(16).toString('hex'),
    testable: true,
    env: { ...prepared.env, REMAP_TEST_DRIVER: driver.url },
    settings: {},
    ...(suite.restricted && { restricted: true }),
  });
  try {
    return await Promise.race([
      runInPage(page, server, suite, prepared.workspace, logFile),
      timeout(page, suite, logFile),
      browser.lost(page),
      endOf(server, logFile),
    ]);
  } finally {
    driver.close();
    await browser.close();
    await server.stop();
  }
}

async function runInPage(
  page: Page,
  server: Server,
  suite: SuiteRun,
  workspace: string,
  logFile: string,
): Promise<number> {
  const exited = new Promise<number>((resolve) => {
    void page.exposeFunction('codeAutomationExit', resolve);
  });
  await page.exposeFunction('codeAutomationLog', (_type: string, args: unknown[]) => {
    const text = format(...args);
    if (text.startsWith(outputMark)) console.log(text.slice(outputMark.length));
    else appendFileSync(logFile, `${text}\n`);
  });
  const remote = (path: string) => `vscode-remote://127.0.0.1:${server.port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(suite.extensionPath)],
    ['extensionTestsPath', remote(suite.suitePath)],
    ['skipWelcome', 'true'],
    ['skipReleaseNotes', 'true'],
  ];
  const folder = suite.noFolder ? { ew: 'true' } : { folder: workspace };
  await page.goto(server.address({ ...folder, payload: JSON.stringify(payload) }));
  return exited;
}

async function endOf(server: Server, logFile: string): Promise<never> {
  const code = await server.exited;
  throw new UserError(`The embedded VS Code ended with ${code} during the tests; see ${logFile}`);
}

/** Removes the log of an earlier run and the pictures of its failures. */
function removeEarlier(suiteName: string): void {
  for (const name of readdirSync(artifactsFolder)) {
    if (/^failed-|-timeout\.png$/.test(name) || name === `${suiteName}-host.log`) {
      rmSync(join(artifactsFolder, name), { force: true });
    }
  }
}

async function timeout(page: Page, suite: SuiteRun, logFile: string): Promise<never> {
  await new Promise((resolve) => setTimeout(resolve, hostTimeoutMs).unref());
  const picture = await screenshot(page, `${suite.name}-timeout`).catch(() => 'none could be taken');
  throw new UserError(
    `No end of the suite after ${hostTimeoutMs / 1000} s; the host's log: ${logFile}; its window: ${picture}`,
  );
}
