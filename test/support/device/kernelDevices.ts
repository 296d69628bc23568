import { chmod, writeFile } from 'node:fs/promises';
import { createImage, openImage } from '../../../src/engine/block/image';
import type { DeviceSpec } from '../../../src/engine/device/deviceContracts';
import { recordedSpare } from '../fixtures';
import { independentSpare } from './independentSpare';

/** A device as a kernel left it, and what must be read from it. */
export interface KernelDevice {
  readonly spec: DeviceSpec;
  /** Original sector -> the text with which its payload begins. */
  readonly payloads: ReadonlyMap<number, string>;
}

/** Makes the images of a device in a folder. */
export type MakeKernelDevice = (path: (name: string) => string) => Promise<KernelDevice>;

const RECORDED_MAIN_SECTORS = 204_800;
const MAIN_SECTORS = 20_480;
const SPARE_SECTORS = 8192;

const payloadsOf = (...originals: readonly number[]) =>
  new Map(originals.map((original) => [original, `P ${original} g1`]));

/** Remaps inside the metadata area, whose data lie over copy 0: written by the real module in a real kernel. */
export const recordedLowEntries =
  (context: Mocha.Context): MakeKernelDevice =>
  async (path) => {
    const bytes = recordedSpare(context, 'kernel/z-k1-spare');
    const spec = specIn(path);
    await writeFile(spec.spares[0]!, bytes);
    await createImage(spec.main, RECORDED_MAIN_SECTORS);
    return { spec, payloads: payloadsOf(1000, 1001, 2000) };
  };

/** The same, made from the tables of FORMAT.md: of two entries for sector 1000 the last counts. */
export const lowEntries: MakeKernelDevice = (path) =>
  make(
    path,
    [
      [1000, 5],
      [1000, 2],
      [1001, 3],
      [2000, 1],
    ],
    [1000, 1001, 2000],
  );

/** Two entries on one spare sector: the earlier one's data are gone. */
export const sharedSector: MakeKernelDevice = (path) =>
  make(
    path,
    [
      [1000, 1400],
      [2000, 1400],
      [1001, 1401],
    ],
    [2000, 1001],
  );

/** Entries that lead nowhere, written by the real module in a real kernel with `test_remap`, which checks no bounds. */
export const recordedStrays =
  (context: Mocha.Context): MakeKernelDevice =>
  async (path) => {
    const bytes = recordedSpare(context, 'kernel/k9-spare');
    const spec = specIn(path);
    await writeFile(spec.spares[0]!, bytes);
    await createImage(spec.main, RECORDED_MAIN_SECTORS);
    return { spec, payloads: new Map() };
  };

/** The same, made from the tables of FORMAT.md: two entries lead beyond the spare, one of them for no sector of main. */
export const strayEntries: MakeKernelDevice = (path) =>
  make(
    path,
    [
      [99_999_999_999, 88_888_888],
      [1000, 200_000],
      [2000, 5000],
    ],
    [2000],
  );

/** Images as {@link lowEntries} makes them, without write permission, of a device that is to be opened read-only. */
export const openedReadOnly: MakeKernelDevice = async (path) => {
  const { spec, payloads } = await lowEntries(path);
  for (const image of [spec.main, ...spec.spares]) await chmod(image, 0o444);
  return { spec: { ...spec, readOnly: 'a test looks at it' }, payloads };
};

async function make(
  path: (name: string) => string,
  pairs: readonly (readonly [original: number, spare: number])[],
  payloads: readonly number[],
): Promise<KernelDevice> {
  const spec = specIn(path);
  const spare = spec.spares[0]!;
  await createImage(spec.main, MAIN_SECTORS);
  await createImage(spare, SPARE_SECTORS);
  const remaps = pairs.map(([original, at]) => ({ original, spare: at }));
  await independentSpare(spare, MAIN_SECTORS, remaps);
  const image = await openImage(spare, { lock: true });
  for (const { original, spare: at } of remaps) {
    if (at >= SPARE_SECTORS) continue;
    const bytes = Buffer.alloc(512, 0xa5);
    bytes.write(`P ${original} g1 `);
    await image.write(at, bytes);
  }
  await image.close();
  return { spec, payloads: payloadsOf(...payloads) };
}

function specIn(path: (name: string) => string): DeviceSpec {
  return {
    name: 'disk',
    deviceFile: null,
    main: path('disk.img'),
    spares: [path('disk-spare.img')],
    flakey: null,
    markers: { sectors: [1000, 2000], text: 'test_data_{sector}' },
  };
}
