import { randomBytes } from 'node:crypto';
import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { stateFolders } from '../support/stateFolders';
import { openBrowser } from './browser';
import { newest } from './embeddedVersion';
import { type Frame, writeFilm } from './film';
import { rootFolder } from './paths';
import { onEnd, runMain, UserError } from './processes';
import { makeSampleWorkspace } from './sampleWorkspace';
import { type Scene, scenes } from './scenes';
import { type Server, startServer, writeSettings } from './server';
import { installUnpacked } from './unpacked';
import { Workbench } from './workbench';

const themes = [
  { name: 'dark', setting: 'Dark Modern', kind: 'vs-dark' },
  { name: 'light', setting: 'Light Modern', kind: 'vs' },
  { name: 'high-contrast-dark', setting: 'Default High Contrast', kind: 'hc-black' },
  { name: 'high-contrast-light', setting: 'Default High Contrast Light', kind: 'hc-light' },
];

/** A short soak is enough for a picture. */
const settings = { 'remap.test.soakSeconds': 5 };

const usage = 'npm run screenshots -- [SCENE...] [--out FOLDER]';
const { chosen, out } = parse();
const allFolder = out ?? join(rootFolder, 'test', 'screenshots');
const readmeFolder = join(rootFolder, 'media', 'readme');
const readmeLimitBytes = 300_000;
const filmLimitBytes = 1_000_000;
const filmWidth = 960;

runMain(async () => {
  const temporary = await mkdtemp(join(tmpdir(), 'remap-screenshots-'));
  onEnd(() => rm(temporary, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = join(temporary, 'sample');
  const dataFolder = join(temporary, 'data');
  await makeSampleWorkspace(workspace);
  await installUnpacked(dataFolder);
  const server = await serve(dataFolder, join(temporary, 'host.log'));
  const browser = await openBrowser();
  const window = new Workbench(await browser.newPage());
  await window.page.goto(server.address({ folder: workspace }));
  await window.ready();
  await window.extended();
  let shown: Scene['state'];
  for (const scene of chosen) {
    const missing = (await scene.missing?.()) ?? [];
    if (missing.length > 0) {
      console.log(`${scene.name} is left out: it needs ${missing.join(', ')}.`);
      continue;
    }
    if (scene.state !== shown) await openWorkspace(scene, window, server, temporary);
    shown = scene.state;
    try {
      await capture(scene, window, dataFolder);
    } catch (error) {
      await save(window, join(allFolder, `${scene.name}-failed.png`));
      throw error;
    } finally {
      await scene.end?.(window);
    }
  }
  return 0;
});

/** Opens the workspace of a scene: a folder in its state, no folder, or the sample again. */
async function openWorkspace(
  { name, state }: Scene,
  window: Workbench,
  server: Server,
  temporary: string,
): Promise<void> {
  const folder = join(temporary, state ? name : 'sample');
  if (state) {
    await mkdir(folder);
    await stateFolders[state](folder);
  }
  await window.page.goto(server.address(state === null ? { ew: 'true' } : { folder }));
  await window.started();
}

function serve(dataFolder: string, logFile: string): Promise<Server> {
  return startServer({
    version: newest,
    dataFolder,
    logFile,
    port: 0,
    token: randomBytes(16).toString('hex'),
    testable: false,
    env: {},
    settings: { ...settings, 'workbench.colorTheme': themes[0]?.setting },
  });
}

async function capture(scene: Scene, window: Workbench, dataFolder: string): Promise<void> {
  const frames: Frame[] = [];
  await scene.show(window, async (milliseconds) => {
    frames.push({ png: await window.page.screenshot(), milliseconds });
  });
  if (scene.film) await saveFilm(scene, frames);
  for (const theme of themes) {
    await writeSettings(dataFolder, { ...settings, 'workbench.colorTheme': theme.setting });
    await window.themed(theme.kind);
    await window.tidy();
    await save(window, join(allFolder, `${scene.name}-${theme.name}.png`));
    if (out !== undefined || !scene.readme?.includes(theme.name)) continue;
    const picture = join(readmeFolder, `${scene.name}-${theme.name}.png`);
    await savePalette(window, picture);
    if ((await stat(picture)).size > readmeLimitBytes) throw new UserError(`${picture} is over 300 KB.`);
  }
}

async function saveFilm({ name }: Scene, frames: readonly Frame[]): Promise<void> {
  const folder = out ?? readmeFolder;
  await mkdir(folder, { recursive: true });
  const path = join(folder, `${name}.gif`);
  const size = await writeFilm(path, frames, filmWidth);
  console.log(relative(rootFolder, path));
  if (size > filmLimitBytes) throw new UserError(`${path} is over 1 MB.`);
}

/** Saves a picture with few colours: the README's pictures are in the package. */
async function savePalette(window: Workbench, path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await sharp(await window.page.screenshot())
    .png({ palette: true, colours: 128, dither: 0, compressionLevel: 9, effort: 10 })
    .toFile(path);
  console.log(relative(rootFolder, path));
}

async function save(window: Workbench, path: string): Promise<void> {
  await mkdir(join(path, '..'), { recursive: true });
  await window.page.screenshot({ path });
  console.log(relative(rootFolder, path));
}

/** All scenes but films, unless some are named. With `--out` the pictures go to that folder, and none into the README. */
function parse(): { chosen: readonly Scene[]; out: string | undefined } {
  try {
    const { positionals, values } = parseArgs({
      allowPositionals: true,
      options: { out: { type: 'string' } },
    });
    const unknown = positionals.find((name) => !scenes.some((scene) => scene.name === name));
    const names = scenes.map(({ name }) => name);
    if (unknown !== undefined) throw new Error(`No scene ${unknown}; there are ${names.join(', ')}.`);
    const chosen = scenes.filter(({ name, film = false }) =>
      positionals.length === 0 ? !film : positionals.includes(name),
    );
    return { chosen, out: values.out };
  } catch (error) {
    console.error(`${(error as Error).message}\n${usage}`);
    process.exit(2);
  }
}
