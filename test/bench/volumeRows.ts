import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import { DiskVolumes, type SectorSource } from '../../src/engine/volume';
import { amount } from './effort';
import { RawFile } from './rawFile';
import { median, takeTurns, timed } from './rounds';
import { atMost, judge, type Row, tell } from './row';
import type { Scene } from './scene';

const IMAGE_BYTES = 40 * 2 ** 30;
const FILES = amount(30_000, 300);
const FILES_IN_FOLDER = 300;
const ROUNDS = amount(9, 1);
const OWNERS_ASKED = amount(200, 10);
/** The unit of the file system, in sectors: the raw reads are of whole blocks. */
const BLOCK_SECTORS = 8;

/** How long it takes to index an ext4 of 40 GB, beside reading the same blocks raw; and what opening and asking cost. */
export async function measureVolumes(scene: Scene): Promise<Row[]> {
  if (spawnSync('mke2fs', ['-V']).error) {
    console.error('The rows of volumes are left out: mke2fs not found.');
    return [];
  }
  const file = await RawFile.open(makeImage(scene));
  try {
    const source = new CountingSource(file);
    const opening = await DiskVolumes.open(source).then(() => source.sectorsRead);
    const blocks = await blocksRead(source);
    const requests = [...source.requests];
    const measured = await takeTurns(
      [
        { name: 'index', pass: () => timed(() => indexed(source)) },
        { name: 'raw', pass: () => timed(() => readRaw(file, blocks)) },
        { name: 'as asked', pass: () => timed(() => readAsAsked(file, requests)) },
      ],
      ROUNDS,
    );
    const [index, raw, asAsked] = ['index', 'raw', 'as asked'].map((name) => measured.get(name)!) as [
      number[],
      number[],
      number[],
    ];
    const longRatio = median(index.map((time, round) => time / asAsked[round]!));
    const ratio = median(index.map((time, round) => time / raw[round]!));
    const seconds = median(index.map((time, round) => Math.max(0, time - raw[round]!))) / 1000;
    const name = 'index of an ext4 of 40 GB, 30,000 files';
    return [
      judge(name, ratio, 'of reading its blocks raw', atMost(3)),
      judge(`${name}, beyond these reads`, seconds, 's', atMost(0.5)),
      tell(`${name}, beside its own requests`, longRatio, 'of reading them raw'),
      tell(`${name}, alone`, median(index), 'ms'),
      judge('what opening that volume reads', (opening * SECTOR_SIZE) / 1e6, 'MB', atMost(16)),
      judge('owner of a sector of it afterwards', await ownerMs(source), 'ms', atMost(5)),
    ];
  } finally {
    await file.close();
  }
}

/** A sparse image that mke2fs fills from a folder. */
function makeImage(scene: Scene): string {
  const tree = scene.path('tree');
  for (let index = 0; index < FILES; index++) {
    const folder = join(tree, `folder ${Math.floor(index / FILES_IN_FOLDER)}`);
    if (index % FILES_IN_FOLDER === 0) mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, `file number ${index}`), 'content');
  }
  const image = scene.path('volume.img');
  const { status, stderr } = spawnSync(
    'mke2fs',
    ['-q', '-F', '-t', 'ext4', '-d', tree, image, `${IMAGE_BYTES / 1024}k`],
    {
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`mke2fs ended with ${status}: ${stderr}`);
  rmSync(tree, { recursive: true });
  return image;
}

/** Counts what is read, and keeps which blocks are. */
class CountingSource implements SectorSource {
  readonly sectorCount = IMAGE_BYTES / SECTOR_SIZE;
  readonly blocks = new Set<number>();
  /** Where and how long each request was. */
  readonly requests: (readonly [sector: number, count: number])[] = [];
  sectorsRead = 0;

  constructor(readonly file: RawFile) {}

  read(sector: number, buffer: Uint8Array): Promise<void> {
    const count = buffer.length / SECTOR_SIZE;
    this.sectorsRead += count;
    this.requests.push([sector, count]);
    for (let block = Math.floor(sector / BLOCK_SECTORS); block * BLOCK_SECTORS < sector + count; block++)
      this.blocks.add(block);
    return this.file.read(sector, buffer);
  }
}

async function indexed(source: SectorSource): Promise<DiskVolumes> {
  const volumes = await DiskVolumes.open(source);
  await volumes.index();
  return volumes;
}

async function blocksRead(source: CountingSource): Promise<number[]> {
  await indexed(source);
  return [...source.blocks].sort((a, b) => a - b);
}

/** One block at a time, ascending: the blocks that the index reads, which it asks for in fewer and longer requests. */
async function readRaw(file: RawFile, blocks: readonly number[]): Promise<void> {
  const buffer = new Uint8Array(BLOCK_SECTORS * SECTOR_SIZE);
  for (const block of blocks) await file.read(block * BLOCK_SECTORS, buffer);
}

/** The very requests of the index, one after another. */
async function readAsAsked(
  file: RawFile,
  requests: readonly (readonly [sector: number, count: number])[],
): Promise<void> {
  for (const [sector, count] of requests) await file.read(sector, new Uint8Array(count * SECTOR_SIZE));
}

/** The median for sectors all over the part of the volume that files are in. */
async function ownerMs(source: CountingSource): Promise<number> {
  const volumes = await indexed(source);
  const times: number[] = [];
  for (let asked = 0; asked < OWNERS_ASKED; asked++)
    times.push(await timed(() => volumes.ownersOf([asked * 4099])));
  return median(times);
}
