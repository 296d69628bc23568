import { closeSync, ftruncateSync, openSync, writeSync } from 'node:fs';
import { compareDisks } from '../../src/engine/device/compareDisks';
import { openVolumeTarget } from '../../src/engine/device/volumeTarget';
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

/** How long two sparse images take to be compared, and how much the memory of the process grows. */
export async function measureComparison(scene: Scene): Promise<Row[]> {
  const [one, other] = [scene.path('one.img'), scene.path('other.img')];
  makeImage(one, () => 1);
  makeImage(other, (place) => (place % DIFFERENT === 0 ? 2 : 1));
  const targets = [await openVolumeTarget(one), await openVolumeTarget(other)] as const;
  try {
    const before = process.memoryUsage.rss();
    let most = before;
    const onProgress = () => {
      most = Math.max(most, process.memoryUsage.rss());
    };
    const ms = await timed(async () => {
      const { differing } = await compareDisks(...targets, { onProgress });
      if (differing.length !== PLACES / DIFFERENT)
        throw new Error(`${differing.length} differences were found`);
    });
    const name = 'comparing two sparse images of 100 GB';
    return [
      judge(name, ms / 1000, 's', atMost(10)),
      judge(`${name}, memory for it`, (most - before) / 1e6, 'MB', atMost(100)),
    ];
  } finally {
    await Promise.all(targets.map((target) => target.close()));
  }
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
