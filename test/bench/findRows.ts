import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { parsePattern } from '../../media/editor/findPattern';
import { DeviceSource } from '../../src/editor/deviceSource';
import { ImageSource } from '../../src/editor/imageSource';
import { searchBytes } from '../../src/editor/search';
import { STEP_BYTES } from '../../src/editor/searchedBytes';
import { SectorEdits } from '../../src/editor/sectorEdits';
import type { SectorSource } from '../../src/editor/sectorSource';
import { SECTOR_SIZE, type ViewId, type Wanted } from '../../src/shared/protocol';
import { bundle } from '../support/bundle';
import { amount } from './effort';
import { RawFile } from './rawFile';
import { type Contender, median, speedRatio, takeTurns, timed } from './rounds';
import { atLeast, judge, type Row, tell } from './row';
import type { Scene } from './scene';

const IMAGE_SECTORS = amount(2 ** 21, 2 ** 18);
const IMAGE_BYTES = IMAGE_SECTORS * SECTOR_SIZE;
const ROUNDS = amount(9, 1);
/** As the search reads. */
const IN_FLIGHT = 4;
const REMAPS = 2048;
const TEXT = 'The lost page.';
const PROGRAM = resolve('out/searchWorker.js');

/**
 * How fast the sector editor finds 14 bytes at the end of 1 GiB of random bytes, against the same reads without the search
 * and all that is around it. The editor has a worker thread search; without one it searches in the extension host's thread.
 */
export async function measureFinding(scene: Scene): Promise<Row[]> {
  bundle('src/editor/searchWorker.ts', PROGRAM, { minify: true });
  const path = scene.path('find.img');
  makeImage(path);
  const image = await ImageSource.open(path, {
    owner: () => undefined,
    isTrusted: () => true,
    maps: {
      pathFor: async (of) => `${of}.map`,
      look: async () => ({ used: null, offered: null, problem: null }),
    },
  });
  const spare = await scene.addSpare('find-spare.img', IMAGE_SECTORS, REMAPS);
  return scene
    .during(path, spare, async (device) => {
      const source = new DeviceSource(device, () => () => undefined);
      const bytes = wantedOf(Buffer.from(TEXT).toString('hex'), 'hex');
      const text = wantedOf(TEXT, 'text');
      const measured = await takeTurns(
        [
          { name: 'raw', pass: () => countedAs('raw', () => readAll(path)) },
          finding('host', image, 'file', bytes, null),
          finding('worker', image, 'file', bytes, PROGRAM),
          finding('device', source, 'device', bytes, PROGRAM),
          finding('text', image, 'file', text, PROGRAM),
        ],
        ROUNDS,
      );
      const ratio = (name: string) => speedRatio(measured, name, 'raw');
      const processor = median(processorTimes.get('host')!) / median(processorTimes.get('raw')!);
      return [
        judge('finding 14 bytes at the end of 1 GiB, in one thread', ratio('host'), 'of raw', atLeast(0.5)),
        judge('finding them with a worker thread', ratio('worker'), 'of raw', atLeast(0.8)),
        tell('processor time for it in one thread', processor, 'of raw'),
        tell('finding them through a device with 2,048 remaps', ratio('device'), 'of raw'),
        tell('finding text of any case, in UTF-8 and UTF-16', ratio('text'), 'of raw'),
      ];
    })
    .finally(() => image.dispose());
}

function finding(
  name: string,
  source: SectorSource,
  view: ViewId,
  wanted: Wanted,
  program: string | null,
): Contender {
  const edits = new SectorEdits(() => source);
  const searched = {
    byteCount: IMAGE_BYTES,
    read: (first: number, count: number, signal: AbortSignal, into?: Uint8Array) =>
      edits.read(view, first, count, signal, into),
  };
  const asks = { wanted, within: null, fromByte: 0, direction: 'next' as const };
  const options = { signal: new AbortController().signal, program };
  return {
    name,
    pass: () =>
      countedAs(name, async () => {
        const { match } = await searchBytes(searched, asks, options);
        if (match?.byteOffset !== IMAGE_BYTES - TEXT.length) throw new Error(`found at ${match?.byteOffset}`);
      }),
  };
}

function wantedOf(input: string, mode: 'hex' | 'text'): Wanted {
  const parsed = parsePattern(input, mode, false);
  if ('wanted' in parsed) return parsed.wanted;
  throw new Error(parsed.message);
}

/** Milliseconds of the processors that each pass took, of all threads together, by the contender's name. */
const processorTimes = new Map<string, number[]>();

/** Milliseconds that some work takes; those of the processors are noted. */
async function countedAs(name: string, work: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  const taken = await timed(work);
  const { user, system } = process.cpuUsage(before);
  const times = processorTimes.get(name) ?? [];
  processorTimes.set(name, times);
  times.push((user + system) / 1000);
  return taken;
}

/** Reads the whole file as a search does: the same requests, as many of them at once. */
async function readAll(path: string): Promise<void> {
  const file = await RawFile.open(path);
  let next = 0;
  const work = async () => {
    const buffer = Buffer.alloc(STEP_BYTES);
    while (next < IMAGE_BYTES) {
      const at = next;
      next += STEP_BYTES;
      await file.read(at / SECTOR_SIZE, buffer);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work)).finally(() => file.close());
}

function makeImage(path: string): void {
  const file = openSync(path, 'wx');
  const block = randomFillSync(Buffer.alloc(16 << 20));
  for (let at = 0; at < IMAGE_BYTES; at += block.length) writeSync(file, block);
  writeSync(file, TEXT, IMAGE_BYTES - TEXT.length);
  closeSync(file);
}
