import { randomBytes } from 'node:crypto';
import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Frame } from 'playwright-core';
import { amount, IS_SMOKE } from '../bench/effort';
import { median } from '../bench/rounds';
import { atLeast, atMost, formatRows, judge, type Row, tell } from '../bench/row';
import { againMs, type BenchedEditor, hexEditor, ours } from './benchedEditors';
import {
  countEmptyFrames,
  countFrames,
  firstFrameWithBytes,
  goToBytes,
  installProbe,
  noteTimes,
} from './benchProbe';
import { newest } from './embeddedVersion';
import { type OwnWindow, openOwnWindow, processesBelow } from './ownWindow';
import { runMain, UserError } from './processes';

const SIZES = [
  { name: '100MB', byteCount: 100e6 },
  { name: '10GB', byteCount: 10e9 },
  { name: '1TiB', byteCount: 2 ** 40 },
] as const;
/** How much of each file is data, at its beginning and at each place that is gone to. The rest are holes. */
const HEAD_BYTES = 4 << 20;
const PLACE_BYTES = 8192;
const TEXT = 'The lost page.';

const ROUNDS = amount(12, 1);
const GO_TO_ROUNDS = amount(5, 1);
const GO_TOS_A_ROUND = amount(20, 5);
const FIND_ROUNDS = amount(5, 1);
const SCROLL_ROUNDS = amount(3, 1);
const SCROLL_MS = amount(4000, 500);
const JUMPS = amount(1000, 20);
const patienceMs = 90_000;

/** Places all over the largest file, the same in each run. */
const PLACES = Array.from({ length: JUMPS }, (_, i) => {
  const sectorCount = SIZES[2].byteCount / 512 - 64;
  return Math.floor((((i + 1) * 0.618034) % 1) * sectorCount) * 512;
});

const MEASURES = {
  'first-row': firstRows,
  'go-to': goTos,
  find,
  scrolling,
  memory,
} as const;

interface Bench extends OwnWindow {
  /** The editors that take turns: ours, and Hex Editor where a build of it was named. */
  readonly editors: readonly BenchedEditor[];
}

const { values: options } = parseArgs({
  options: {
    'hex-editor': { type: 'string' },
    measure: { type: 'string', default: Object.keys(MEASURES).join(',') },
    json: { type: 'boolean', default: false },
    smoke: { type: 'boolean', default: false },
  },
});

runMain(async () => {
  const measures = options.measure.split(',').map((name) => {
    if (!(name in MEASURES))
      throw new UserError(`There is no measure “${name}”: ${Object.keys(MEASURES).join(', ')}.`);
    return MEASURES[name as keyof typeof MEASURES];
  });
  const build = options['hex-editor'];
  const editors = build === undefined ? [ours] : [ours, hexEditor];
  const opened = await openOwnWindow(
    newest,
    'bench-editor',
    settingsFor(editors),
    async (workspace, dataFolder) => {
      makeFiles(workspace, editors);
      if (build === undefined) return;
      const target = join(dataFolder, 'extensions', basename(resolve(build)));
      await cp(build, target, { recursive: true });
    },
  );
  try {
    await opened.window.page.evaluate(noteTimes);
    const rows: Row[] = [];
    for (const measure of measures) rows.push(...(await measure({ ...opened, editors })));
    print(rows, build !== undefined);
  } finally {
    await opened.close();
  }
  return 0;
});

function print(rows: readonly Row[], hasHexEditor: boolean): void {
  if (options.json) {
    console.log(JSON.stringify({ rows }));
    return;
  }
  console.log(formatRows(rows));
  if (!hasHexEditor)
    console.log('\nAlone: name an unpacked build of Hex Editor by --hex-editor to measure against it.');
  if (IS_SMOKE) console.log('\nA smoke run: these values say nothing.');
}

function settingsFor(editors: readonly BenchedEditor[]): Record<string, unknown> {
  const associations = editors.map(({ extension, id }) => [`*.${extension}`, id] as const);
  return {
    'workbench.editorAssociations': Object.fromEntries(associations),
    // Earlier versions of Hex Editor ask before they open more than that many megabytes.
    'hexeditor.maxFileSize': 1e9,
  };
}

/** Sparse files of each size for each editor, all with the same data. */
function makeFiles(workspace: string, editors: readonly BenchedEditor[]): void {
  const data = randomBytes(HEAD_BYTES);
  for (const { extension } of editors) {
    for (const { name, byteCount } of SIZES) {
      const file = openSync(join(workspace, `${name}.${extension}`), 'wx');
      ftruncateSync(file, byteCount);
      writeSync(file, data);
      if (name === '1TiB') for (const at of PLACES) writeSync(file, data, 0, PLACE_BYTES, at);
      writeSync(file, TEXT, byteCount - TEXT.length);
      closeSync(file);
    }
  }
}

/** Opens a file as a person does. @returns the document of its editor, and milliseconds to its first row */
async function open({ window }: Bench, file: string): Promise<{ frame: Frame; ms: number }> {
  const { page } = window;
  const before = new Set(page.frames());
  await window.row(file).dblclick();
  const asked = new Set<Frame>();
  const { frame, shownAt } = await new Promise<{ frame: Frame; shownAt: number }>((found, reject) => {
    const end = (settle: () => void) => {
      clearInterval(looks);
      clearInterval(again);
      clearTimeout(patience);
      settle();
    };
    const ask = async (of: Frame) => {
      asked.add(of);
      // A document that is replaced meanwhile has no answer.
      const at = await of
        .evaluate(installProbe)
        .then(() => of.evaluate(firstFrameWithBytes))
        .catch(() => null);
      asked.delete(of);
      if (at !== null) end(() => found({ frame: of, shownAt: at }));
    };
    const looks = setInterval(() => {
      for (const each of page.frames()) if (!before.has(each) && !asked.has(each)) void ask(each);
    }, 5);
    const again = setInterval(
      () =>
        void window
          .row(file)
          .dblclick()
          .catch(() => undefined),
      againMs,
    );
    const patience = setTimeout(() => end(() => reject(new UserError(`${file} shows no bytes`))), patienceMs);
  });
  return { frame, ms: shownAt - (await page.evaluate(() => openedAt)) };
}

async function closeEditors({ window: { page } }: Bench): Promise<void> {
  for (let tries = 1; ; tries++) {
    await page.keyboard.press('Control+K');
    await page.keyboard.press('Control+W');
    const isClosed = page.locator('.tab').first().waitFor({ state: 'detached', timeout: againMs });
    try {
      return await isClosed;
    } catch (error) {
      if (tries === 4) throw error;
    }
  }
}

/** Opens a file for each editor in turns, and closes it when it was measured. */
async function eachInTurns(
  bench: Bench,
  name: string,
  rounds: number,
  measure: (editor: BenchedEditor, frame: Frame, note: Note, round: number) => Promise<void>,
): Promise<(key: string) => number> {
  const values = new Map<string, number[]>();
  for (let round = 0; round < rounds; round++) {
    for (const editor of bench.editors) {
      const { frame } = await open(bench, `${name}.${editor.extension}`);
      const note: Note = (key, ...more) => values.set(key, [...(values.get(key) ?? []), ...more]);
      await measure(editor, frame, note, round);
      await closeEditors(bench);
    }
  }
  return (key) => median(values.get(key)!);
}

type Note = (key: string, ...values: number[]) => void;

/** The first round warms up, and isn't counted. The order turns from round to round. */
async function firstRows(bench: Bench): Promise<Row[]> {
  const files = SIZES.flatMap(({ name }) => bench.editors.map((editor) => ({ name, editor })));
  const times = new Map<string, number[]>(files.map(({ name, editor }) => [`${editor.label} ${name}`, []]));
  for (let round = IS_SMOKE ? 0 : -1; round < ROUNDS; round++) {
    for (let i = 0; i < files.length; i++) {
      const { name, editor } = files[(i + Math.max(round, 0)) % files.length]!;
      const { ms } = await open(bench, `${name}.${editor.extension}`);
      if (round >= 0) times.get(`${editor.label} ${name}`)!.push(ms);
      await closeEditors(bench);
    }
  }
  const of = (name: string, { label } = ours) => times.get(`${label} ${name}`)!;
  const ratio = (some: readonly number[], base: readonly number[]) =>
    median(some.map((ms, round) => ms / base[round]!));
  const ratios = () => SIZES.map(({ name }) => ratio(of(name), of(name, hexEditor)));
  return [
    ...SIZES.map(({ name }) => tell(`first row of ${name}`, median(of(name)), 'ms')),
    judge('first row of 1TiB', ratio(of('1TiB'), of('100MB')), 'of 100MB', atMost(1.1)),
    ...against(bench, () => judge('first row', median(ratios()), 'of Hex Editor', atMost(0.6))),
  ];
}

/** A row beside Hex Editor, where that is measured. */
function against({ editors }: Bench, row: () => Row): Row[] {
  return editors.includes(hexEditor) ? [row()] : [];
}

async function goTos(bench: Bench): Promise<Row[]> {
  const { page } = bench.window;
  const of = await eachInTurns(bench, '1TiB', GO_TO_ROUNDS, async ({ label, goTo }, frame, note, round) => {
    const first = round * GO_TOS_A_ROUND;
    note(label, ...(await goTo(page, frame, PLACES.slice(first, first + GO_TOS_A_ROUND))));
  });
  const ratio = () => of('ours') / of('Hex Editor');
  return [
    judge('go to a place of 1TiB, until it is painted', of('ours'), 'ms', atMost(50)),
    ...against(bench, () => judge('go to', ratio(), 'of Hex Editor', atMost(0.3))),
  ];
}

async function find(bench: Bench): Promise<Row[]> {
  const { page } = bench.window;
  const of = await eachInTurns(bench, '100MB', FIND_ROUNDS, async (editor, frame, note) => {
    note(editor.label, await editor.find(page, frame, TEXT));
  });
  const ratio = () => of('ours') / of('Hex Editor');
  return [
    tell('find 14 bytes at the end of 100MB', of('ours'), 'ms'),
    ...against(bench, () => judge('find', ratio(), 'of Hex Editor', atMost(0.1))),
  ];
}

/** Frames while each frame scrolls, beside those of an empty page in the same browser. */
async function scrolling(bench: Bench): Promise<Row[]> {
  const { page } = bench.window;
  const of = await eachInTurns(bench, '10GB', SCROLL_ROUNDS, async ({ label }, frame, note) => {
    note(`${label} at rest`, await frame.evaluate(countFrames, { ms: SCROLL_MS / 2, scrolls: false }));
    note(label, await frame.evaluate(countFrames, { ms: SCROLL_MS, scrolls: true }));
    const empty = await page.context().newPage();
    note('empty', await empty.evaluate(countEmptyFrames, SCROLL_MS / 2));
    await empty.close();
    await page.bringToFront();
  });
  const unit = 'frames a second';
  const ratio = () => of('ours') / of('Hex Editor');
  return [
    judge('scrolling', of('ours'), unit, atLeast(55)),
    tell('the same editor at rest', of('ours at rest'), unit),
    tell('an empty page', of('empty'), unit),
    ...against(bench, () => judge('scrolling', ratio(), 'of Hex Editor', atLeast(1.3))),
  ];
}

/** How much the extension host and the page grow by jumps, after as many that warm up. */
async function memory(bench: Bench): Promise<Row[]> {
  const { frame } = await open(bench, '1TiB.img');
  await frame.evaluate(goToBytes, PLACES);
  const before = await memoryOf(bench, frame);
  await frame.evaluate(goToBytes, PLACES);
  const after = await memoryOf(bench, frame);
  await closeEditors(bench);
  return [
    judge(`growth of the extension host in ${JUMPS} jumps`, after.host - before.host, 'MB', atMost(20)),
    judge(`growth of the page in ${JUMPS} jumps`, after.page - before.page, 'MB', atMost(20)),
  ];
}

/** What the extension host has of memory, and what is alive in the page, its buffers with it, in megabytes. */
async function memoryOf({ window, server }: Bench, frame: Frame): Promise<{ host: number; page: number }> {
  const [host] = await processesBelow(server.process.pid!, '--type=extensionHost');
  const status = await readFile(`/proc/${host}/status`, 'utf8');
  const kilobytes = Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]);
  const context = window.page.context();
  const session = await context.newCDPSession(frame).catch(() => context.newCDPSession(window.page));
  await session.send('HeapProfiler.collectGarbage');
  const usage: Record<string, number> = { ...(await session.send('Runtime.getHeapUsage')) };
  await session.detach();
  const { usedSize = 0, embedderHeapUsedSize = 0, backingStorageSize = 0 } = usage;
  return { host: kilobytes / 1000, page: (usedSize + embedderHeapUsedSize + backingStorageSize) / 1e6 };
}
