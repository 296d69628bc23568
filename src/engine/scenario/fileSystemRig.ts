import { SECTOR_SIZE } from '../block/blockDevice';
import { type Random, seededRandom } from '../block/random';
import { subtractRanges } from '../block/range';
import type { SectorRange } from '../errors';
import type { ScenarioBench } from './bench';
import type { FileSystemKind } from './fileSystems';
import { ReferenceTree } from './fileTree';
import { MountedDevice } from './mountedDevice';
import { linesOf, verdictOf } from './programs';
import { contentsOf } from './wornSectors';

/** XFS takes no less than 300 MiB. */
const FILE_SYSTEM_BYTES = 320 * 2 ** 20;
/** The device goes on after the file system: what is remapped there fills the spare and is no file's. */
export const FILE_SYSTEM_SECTORS = FILE_SYSTEM_BYTES / SECTOR_SIZE;
const MAIN_SECTORS = FILE_SYSTEM_SECTORS + 32_768;
const SPARE_SECTORS = 24_000;

/** What a scenario on a mounted file system works with. */
export interface FileSystemRig {
  readonly bench: ScenarioBench;
  readonly kind: FileSystemKind;
  readonly mounted: MountedDevice;
  readonly tree: ReferenceTree;
  readonly random: Random;
}

/** Makes a device with a file system that is mounted, works on it, and takes all mounts away again, also when that fails. */
export async function withFileSystem(
  bench: ScenarioBench,
  kind: FileSystemKind,
  work: (rig: FileSystemRig) => Promise<void>,
): Promise<void> {
  bench.step(`Create the device and export it; make it a disk with nbdfuse and a loop device`);
  await bench.createDevice({ mainSectors: MAIN_SECTORS, spareSectors: SPARE_SECTORS });
  const random = seededRandom(bench.settings.seed);
  const tree = await ReferenceTree.make(bench, random);
  const mounted = await MountedDevice.begin(bench, kind);
  try {
    await mounted.attach();
    bench.step(`Make ${kind.title} on it and mount it`);
    await mounted.makeFileSystem(FILE_SYSTEM_BYTES);
    await mounted.mount();
    await work({ bench, kind, mounted, tree, random });
    bench.step('Take the disk away');
  } finally {
    await mounted.end();
  }
}

/**
 * Where the file system has not written yet, without its journal: a mount reads more of that than was written, and what
 * is bad before it is written can't be read.
 */
export async function unwrittenOf({ bench, kind }: FileSystemRig): Promise<SectorRange[]> {
  const device = bench.device();
  const { bytes } = await device.read(0, 8);
  const { unwritten } = await contentsOf(device, FILE_SYSTEM_SECTORS);
  return subtractRanges(unwritten, kind.journal(Buffer.from(bytes)));
}

/** Whether the file system's own checker, which changes nothing, finds no error, and what it says. */
export async function judgeFileSystem({
  kind,
  mounted,
}: FileSystemRig): Promise<{ isClean: boolean; text: string }> {
  const end = await mounted.checkEnd();
  const isClean = end.status === 0;
  const words = isClean
    ? 'finds no error'
    : `ends with ${end.status}: ${linesOf(end.stdout).at(-1) ?? verdictOf(end)}`;
  return { isClean, text: `${kind.checkerName} ${words}` };
}

/** Checks that the file system's own checker finds no error. */
export async function checkFileSystem(rig: FileSystemRig): Promise<void> {
  const { isClean, text } = await judgeFileSystem(rig);
  rig.bench.check(isClean, text);
}

/** Checks that each file of a tree on the device has the bytes that it must have. */
export async function checkTree(rig: FileSystemRig, name: string, when: string): Promise<void> {
  const { bench, mounted, tree } = rig;
  const different = await tree.differencesOn(mounted, name);
  const examples = different.slice(0, 3).join(', ');
  bench.check(
    different.length === 0,
    `${tree.sums.length - different.length} of ${tree.sums.length} files have their checksum ${when}` +
      (different.length > 0 ? `; not ${examples}` : ''),
  );
}
