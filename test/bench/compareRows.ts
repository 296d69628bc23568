import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import type { ComparedView } from '../../src/editor/comparedView';
import { ComparisonScan } from '../../src/editor/comparisonScan';
import { DeviceSource } from '../../src/editor/deviceSource';
import { ImageSource } from '../../src/editor/imageSource';
import { SectorEdits } from '../../src/editor/sectorEdits';
import type { SectorSource } from '../../src/editor/sectorSource';
import type { SectorRange } from '../../src/engine';
import { compareDisks } from '../../src/engine/device/compareDisks';
import { openVolumeTarget } from '../../src/engine/device/volumeTarget';
import { SECTOR_SIZE, type ViewId } from '../../src/shared/protocol';
import { amount } from './effort';
import { timed } from './rounds';
import { atMost, judge, type Row } from './row';
import type { Scene } from './scene';

const IMAGE_BYTES = 100e9;
/** Places with data in each image, far from each other. */
const PLACES = amount(2000, 20);
const PLACE_BYTES = 65_536;
/** Every so many of them is another one in the second image. */
const DIFFERENT = 20;

const NAME = 'comparing two sparse images of 100 GB';

/** How long two sparse images take to be compared, and how much the memory of the process grows. */
export async function measureComparison(scene: Scene): Promise<Row[]> {
  const [one, other] = imagesIn(scene);
  const targets = [await openVolumeTarget(one), await openVolumeTarget(other)] as const;
  try {
    return await rowsOf(NAME, async (onProgress) => {
      const { differing } = await compareDisks(...targets, { onProgress });
      return differing.length;
    });
  } finally {
    await Promise.all(targets.map((target) => target.close()));
  }
}

/** The same as two sector editors side by side do it in the extension host, without the window. */
export async function measureEditors(scene: Scene): Promise<Row[]> {
  const sources = await Promise.all(imagesIn(scene).map(openSource));
  const [one, other] = sources.map((source) => sideOf(source, 'file'));
  try {
    return await rowsOf(`${NAME} side by side`, (onProgress) => scanned([one!, other!], onProgress));
  } finally {
    await Promise.all(sources.map((source) => source.dispose()));
  }
}

/** The same with a device of 100 GB and its main image, of which the sectors that the device has remapped can't be read. */
export async function measureDeviceWithMain(scene: Scene): Promise<Row[]> {
  const [main] = imagesIn(scene);
  const sectorCount = IMAGE_BYTES / SECTOR_SIZE;
  const spare = await scene.addSpare('compared-spare.img', sectorCount, 0);
  return scene.during(main!, spare, async (device) => {
    const sectors = Array.from({ length: PLACES / DIFFERENT }, (_, i): SectorRange => [i * 1000, 1]);
    await device.injectErrors({ sectors });
    for (const [sector] of sectors) await device.write(sector, Buffer.alloc(SECTOR_SIZE, 9));
    const source = new DeviceSource(device, () => () => undefined);
    const sides = [sideOf(source, 'device'), sideOf(source, 'main')] as const;
    return rowsOf('comparing a sparse device of 100 GB with main', (tell) => scanned(sides, tell));
  });
}

function sideOf(source: SectorSource, view: ViewId): ComparedView {
  const document = { source, edits: new SectorEdits(() => source) };
  return { document, view, firstSector: 0, sectorCount: null };
}

function openSource(path: string): Promise<ImageSource> {
  return ImageSource.open(path, {
    owner: () => undefined,
    isTrusted: () => true,
    maps: {
      pathFor: async (of) => `${of}.map`,
      look: async () => ({ used: null, offered: null, problem: null }),
    },
  });
}

async function scanned(
  sides: readonly [ComparedView, ComparedView],
  onProgress: () => void,
): Promise<number> {
  let scan!: ComparisonScan;
  await new Promise<void>((resolve) => {
    scan = new ComparisonScan(sides, () => {
      onProgress();
      if (scan.state !== 'looking') resolve();
    });
    scan.restart();
  });
  const { runs, unknown } = scan.differences.counts;
  return runs + unknown;
}

/** The time and the memory of a comparison that answers how many places differ. */
async function rowsOf(name: string, compare: (onProgress: () => void) => Promise<number>): Promise<Row[]> {
  const before = process.memoryUsage.rss();
  let most = before;
  const ms = await timed(async () => {
    const found = await compare(() => {
      most = Math.max(most, process.memoryUsage.rss());
    });
    if (found !== PLACES / DIFFERENT) throw new Error(`${name}: ${found} differences were found`);
  });
  return [
    judge(name, ms / 1000, 's', atMost(10)),
    judge(`${name}, memory for it`, (most - before) / 1e6, 'MB', atMost(100)),
  ];
}

function imagesIn(scene: Scene): [one: string, other: string] {
  const [one, other] = [scene.path('one.img'), scene.path('other.img')];
  makeImage(one, () => 1);
  makeImage(other, (place) => (place % DIFFERENT === 0 ? 2 : 1));
  return [one, other];
}

function makeImage(path: string, fill: (place: number) => number): void {
  const file = openSync(path, 'wx');
  ftruncateSync(file, IMAGE_BYTES);
  const spacing = Math.floor(IMAGE_BYTES / PLACES / 4096) * 4096;
  for (let place = 0; place < PLACES; place++) {
    writeSync(file, Buffer.alloc(PLACE_BYTES, fill(place)), 0, PLACE_BYTES, place * spacing);
  }
  closeSync(file);
}
