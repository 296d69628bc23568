import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, writeSync, writevSync } from 'node:fs';
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
import { type Contender, speedRatio, takeTurns, timed } from './rounds';
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
 * How fast the sector editor finds 14 bytes at the end of 1 GiB, half of it zeros and half random, against the same reads
 * without the search and all that is around it. The editor has a worker thread search; without one it searches in the
 * extension host's thread.
 */
export async function measureFinding(scene: Scene): Promise<Row[]> {
  bundle('src/editor/searchWorker.ts', PROGRAM, { minify: true });
  const spare = await scene.addSpare('find-spare.img', IMAGE_SECTORS, REMAPS);
  const disk = await openDisk(scene.path('find.img'), true);
  const random = await openDisk(scene.path('random.img'), false);
  const measured = await scene.during(disk.path, spare, (device) => {
    const source = new DeviceSource(device, () => () => undefined);
    return takeTurns(
      [
        disk.raw,
        disk.finding('host', BYTES, null),
        disk.finding('worker', BYTES, PROGRAM),
        finding('device', source, 'device', BYTES, PROGRAM),
        disk.finding('text', ANY_CASE, PROGRAM),
        random.raw,
        random.finding('random', BYTES, null),
      ],
      ROUNDS,
    );
  });
  await Promise.all([disk.close(), random.close()]);
  const ratio = (name: string, raw = disk.raw.name) => speedRatio(measured, name, raw);
  const name = 'finding 14 bytes at the end of 1 GiB';
  return [
    judge(`${name}, in one thread`, ratio('host'), 'of raw', atLeast(0.5)),
    judge(`${name}, with a worker thread`, ratio('worker'), 'of raw', atLeast(0.8)),
    tell(`${name} of random bytes, in one thread`, ratio('random', random.raw.name), 'of raw'),
    tell(`${name} of a device with 2,048 remaps`, ratio('device'), 'of raw'),
    tell(`${name} as text of any case, UTF-8 and UTF-16`, ratio('text'), 'of raw'),
  ];
}

/** Makes an image and opens it as the editor does. */
async function openDisk(path: string, hasZeros: boolean) {
  makeImage(path, hasZeros);
  const source = await ImageSource.open(path, {
    owner: () => undefined,
    isTrusted: () => true,
    maps: {
      pathFor: async (of) => `${of}.map`,
      look: async () => ({ used: null, offered: null, problem: null }),
    },
  });
  return {
    path,
    raw: { name: `raw ${path}`, pass: () => timed(() => readAll(path)) },
    finding: (name: string, wanted: Wanted, program: string | null) =>
      finding(name, source, 'file', wanted, program),
    close: () => source.dispose(),
  };
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
      timed(async () => {
        const { match } = await searchBytes(searched, asks, options);
        if (match?.byteOffset !== IMAGE_BYTES - TEXT.length) throw new Error(`found at ${match?.byteOffset}`);
      }),
  };
}

const BYTES = wantedOf(Buffer.from(TEXT).toString('hex'), 'hex');
const ANY_CASE = wantedOf(TEXT, 'text');

function wantedOf(input: string, mode: 'hex' | 'text'): Wanted {
  const parsed = parsePattern(input, mode, false);
  if ('wanted' in parsed) return parsed.wanted;
  throw new Error(parsed.message);
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

/** Every other 16 MiB are random, and those between them zeros, or random as well. */
function makeImage(path: string, hasZeros: boolean): void {
  const file = openSync(path, 'wx');
  const random = randomFillSync(Buffer.alloc(16 << 20));
  const other = hasZeros ? Buffer.alloc(16 << 20) : random;
  for (let at = 0; at < IMAGE_BYTES; at += 2 * random.length) writevSync(file, [other, random]);
  writeSync(file, TEXT, IMAGE_BYTES - TEXT.length);
  closeSync(file);
}
