import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Frame } from 'playwright-core';
import { editors } from '../../src/manifest';
import { amount, IS_SMOKE } from '../bench/effort';
import { median } from '../bench/rounds';
import { atLeast, atMost, formatRows, judge, type Row, tell } from '../bench/row';
import { countFrames, findBytes, firstFrameWithBytes, goToSectors, noteOpening } from './editorMeasures';
import { newest } from './embeddedVersion';
import { type OwnWindow, openOwnWindow, processesBelow } from './ownWindow';
import { runMain, UserError } from './processes';

/** An unpacked build of Microsoft's Hex Editor, to be measured beside ours. */
const HEX_EDITOR = process.env.REMAP_HEX_EDITOR;

const SIZES = [
  { name: '100MB', byteCount: 100e6 },
  { name: '10GB', byteCount: 10e9 },
  { name: '1TiB', byteCount: 2 ** 40 },
] as const;
const ROUNDS = amount(9, 1);
const GO_TOS = amount(50, 10);
const JUMPS = amount(1000, 50);
const SCROLL_MS = amount(4000, 500);
const patienceMs = 30_000;
const TEXT = Buffer.from('The lost page.');

/** The editors that take turns, each with files of its own kind. */
const EDITORS = [
  { label: 'ours', extension: 'img', id: editors.image },
  ...(HEX_EDITOR ? [{ label: 'Hex Editor', extension: 'hexed', id: 'hexEditor.hexedit' }] : []),
];

runMain(async () => {
  const associations = EDITORS.map(({ extension, id }) => [`*.${extension}`, id] as const);
  const settings = { 'workbench.editorAssociations': Object.fromEntries(associations) };
  const opened = await openOwnWindow(newest, 'bench-editor', settings, prepare);
  try {
    const rows = await measure(opened);
    console.log(process.argv.includes('--json') ? JSON.stringify({ rows }) : formatRows(rows));
    if (IS_SMOKE) console.log('\nA smoke run: these values say nothing.');
  } finally {
    await opened.close();
  }
  return 0;
});

/** Sparse files of each size for each editor, all with the same bytes at their end. */
async function prepare(workspace: string, dataFolder: string): Promise<void> {
  for (const { extension } of EDITORS) {
    for (const { name, byteCount } of SIZES) {
      const file = openSync(join(workspace, `${name}.${extension}`), 'wx');
      ftruncateSync(file, byteCount);
      writeSync(file, TEXT, 0, TEXT.length, byteCount - TEXT.length);
      closeSync(file);
    }
  }
  if (HEX_EDITOR) {
    await cp(HEX_EDITOR, join(dataFolder, 'extensions', basename(HEX_EDITOR)), { recursive: true });
  }
}

async function measure(opened: OwnWindow): Promise<Row[]> {
  await opened.window.page.evaluate(noteOpening);
  return [
    ...(await firstRows(opened)),
    ...(await goTos(opened)),
    ...(await scrolling(opened)),
    ...(await memory(opened)),
  ];
}

/** Opens a file as a person does. @returns the document of its editor, and milliseconds to its first row */
async function open({ window }: OwnWindow, file: string): Promise<{ frame: Frame; ms: number }> {
  const { page } = window;
  const before = new Set(page.frames());
  await window.row(file).dblclick();
  const asked = new Set<Frame>();
  const { frame, shownAt } = await new Promise<{ frame: Frame; shownAt: number }>((resolve, reject) => {
    const end = (settle: () => void) => {
      clearInterval(looks);
      clearTimeout(patience);
      settle();
    };
    const ask = async (of: Frame) => {
      asked.add(of);
      const at = await of.evaluate(firstFrameWithBytes).catch(() => null);
      asked.delete(of);
      if (at !== null) end(() => resolve({ frame: of, shownAt: at }));
    };
    const looks = setInterval(() => {
      for (const each of page.frames()) if (!before.has(each) && !asked.has(each)) void ask(each);
    }, 5);
    const patience = setTimeout(() => end(() => reject(new UserError(`${file} shows no bytes`))), patienceMs);
  });
  const openedAt = await page.evaluate(() => (globalThis as unknown as { openedAt: number }).openedAt);
  return { frame, ms: shownAt - openedAt };
}

async function closeEditors({ window: { page } }: OwnWindow): Promise<void> {
  await page.keyboard.press('Control+K');
  await page.keyboard.press('Control+W');
  await page.locator('.tab').waitFor({ state: 'detached' });
}

/** The first one of all warms up, and isn't counted. */
async function firstRows(opened: OwnWindow): Promise<Row[]> {
  const times = new Map<string, number[]>();
  for (let round = IS_SMOKE ? 0 : -1; round < ROUNDS; round++) {
    for (const { name } of SIZES) {
      for (const { label, extension } of EDITORS) {
        const { ms } = await open(opened, `${name}.${extension}`);
        const key = `${label} ${name}`;
        if (round >= 0) times.set(key, [...(times.get(key) ?? []), ms]);
        await closeEditors(opened);
      }
    }
  }
  const of = (name: string, label = 'ours') => median(times.get(`${label} ${name}`)!);
  const rows = SIZES.map(({ name }) => tell(`first row of ${name}`, of(name), 'ms'));
  rows.push(judge('first row of 1TiB', of('1TiB') / of('100MB'), 'of 100MB', atMost(1.1)));
  if (HEX_EDITOR) {
    const ratios = SIZES.map(({ name }) => of(name) / of(name, 'Hex Editor'));
    rows.push(judge('first row', median(ratios), 'of Hex Editor', atMost(0.6)));
  }
  return rows;
}

/** Going to places of the largest file, and finding what is at the end of the smallest. */
async function goTos(opened: OwnWindow): Promise<Row[]> {
  const large = await open(opened, '1TiB.img');
  const times = await large.frame.evaluate(goToSectors, someSectors(GO_TOS));
  await closeEditors(opened);
  const small = await open(opened, '100MB.img');
  await openFind(opened, small.frame);
  const found: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    found.push(await small.frame.evaluate(findBytes, TEXT.toString('hex')));
  }
  await closeEditors(opened);
  return [
    judge('go to a sector of 1TiB, until it is painted', median(times), 'ms', atMost(50)),
    tell('find 14 bytes at the end of 100MB', median(found), 'ms'),
  ];
}

async function openFind({ window: { page } }: OwnWindow, frame: Frame): Promise<void> {
  await frame.click('.cursor');
  await page.keyboard.press('Control+F');
  await frame.waitForSelector('.find-input:focus');
}

/** Frames while the wheel turns, beside those of a page with nothing in it in the same browser. */
async function scrolling(opened: OwnWindow): Promise<Row[]> {
  const rates = new Map<string, number[]>();
  const note = (name: string, rate: number) => rates.set(name, [...(rates.get(name) ?? []), rate]);
  for (let round = 0; round < amount(3, 1); round++) {
    for (const { label, extension } of EDITORS) {
      const { frame } = await open(opened, `10GB.${extension}`);
      note(`${label} idle`, await frame.evaluate(countFrames, { ms: SCROLL_MS, wheel: false }));
      note(label, await frame.evaluate(countFrames, { ms: SCROLL_MS, wheel: true }));
      await closeEditors(opened);
    }
    const empty = await opened.window.page.context().newPage();
    note('empty', await empty.evaluate(countFrames, { ms: SCROLL_MS, wheel: false }));
    await empty.close();
  }
  const of = (name: string) => median(rates.get(name)!);
  const rows = [
    judge('scrolling', of('ours'), 'frames a second', atLeast(55)),
    tell('the same editor at rest', of('ours idle'), 'frames a second'),
    tell('an empty page', of('empty'), 'frames a second'),
  ];
  if (HEX_EDITOR) rows.push(judge('scrolling', of('ours') / of('Hex Editor'), 'of Hex Editor', atLeast(1.3)));
  return rows;
}

/** How much the extension host and the page grow by jumps, after as many that warm up. */
async function memory(opened: OwnWindow): Promise<Row[]> {
  const { frame } = await open(opened, '1TiB.img');
  await frame.evaluate(goToSectors, someSectors(JUMPS));
  const before = await memoryOf(opened, frame);
  await frame.evaluate(goToSectors, someSectors(JUMPS));
  const after = await memoryOf(opened, frame);
  await closeEditors(opened);
  return [
    judge(`growth of the extension host in ${JUMPS} jumps`, after.host - before.host, 'MB', atMost(20)),
    judge(`growth of the page in ${JUMPS} jumps`, after.page - before.page, 'MB', atMost(20)),
  ];
}

/** Resident memory of the extension host, and what is alive in the page, in megabytes. */
async function memoryOf(
  { window, server }: OwnWindow,
  frame: Frame,
): Promise<{ host: number; page: number }> {
  const [host] = await processesBelow(server.process.pid!, '--type=extensionHost');
  const status = await readFile(`/proc/${host}/status`, 'utf8');
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  const context = window.page.context();
  const session = await context.newCDPSession(frame).catch(() => context.newCDPSession(window.page));
  await session.send('HeapProfiler.collectGarbage');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  await session.detach();
  return { host: kilobytes / 1000, page: usedSize / 1e6 };
}

/** Sectors anywhere in the largest file, the same in each run. */
function someSectors(count: number): number[] {
  const total = SIZES[2].byteCount / 512;
  return Array.from({ length: count }, (_, i) => Math.floor(((i * 0.618034) % 1) * (total - 64)));
}
