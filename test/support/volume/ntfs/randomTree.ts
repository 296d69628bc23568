import {
  closeSync,
  ftruncateSync,
  linkSync,
  mkdirSync,
  openSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type Random, randomInteger } from '../../../../src/engine/block/random';
import { compressFolder } from './ntfsPrograms';

const SECTOR = 512;
const STEPS = 90;

/** The stamp with which a sector of a file begins. */
export function stampOf(name: string, sector: number): string {
  return `@${sector} ${name}\n`;
}

function stamped(name: string, firstSector: number, sectorCount: number): Buffer {
  const bytes = Buffer.alloc(sectorCount * SECTOR, '.');
  for (let i = 0; i < sectorCount; i++) bytes.write(stampOf(name, firstSector + i), i * SECTOR, 'latin1');
  return bytes;
}

/**
 * Fills a mounted volume with folders and files: resident, in one run or many, with holes, streams, links, compressed, and
 * some deleted again. Every sector of the files named `f...` begins with a stamp.
 */
export function growTree(folder: string, random: Random, clusterBytes: number): void {
  const pick = <Item>(items: readonly Item[]): Item => items[randomInteger(random, items.length)]!;
  const folders = [''];
  const files: { path: string; name: string; sectors: number }[] = [];
  const create = (index: number): void => {
    const name = `f${index}${index % 5 === 0 ? ' ünïcode — 名前' : ''}`;
    const path = join(folder, pick(folders), name);
    const sectors = Math.floor(2 ** (random() * 7));
    writeFileSync(path, stamped(`f${index}`, 0, sectors));
    files.push({ path, name: `f${index}`, sectors });
  };
  const append = (): void => {
    const file = pick(files);
    const more = 1 + randomInteger(random, 3 * Math.max(1, clusterBytes / SECTOR));
    const gap = randomInteger(random, 4) === 0 ? randomInteger(random, 2000) : 0;
    const target = openSync(file.path, 'r+');
    writeSync(
      target,
      stamped(file.name, file.sectors + gap, more),
      0,
      more * SECTOR,
      (file.sectors + gap) * SECTOR,
    );
    closeSync(target);
    file.sectors += gap + more;
  };
  const steps: ((index: number) => void)[] = [
    create,
    create,
    create,
    append,
    append,
    append,
    (index) => {
      const path = `${pick(folders)}/d${index}`;
      mkdirSync(join(folder, path));
      folders.push(path);
    },
    (index) =>
      writeFileSync(join(folder, pick(folders), `r${index}`), 'x'.repeat(randomInteger(random, 900))),
    (index) => writeFileSync(`${pick(files).path}:s${index}`, 'y'.repeat(randomInteger(random, 9000))),
    (index) => linkSync(pick(files).path, join(folder, pick(folders), `l${index}`)),
    (index) => {
      const target = openSync(join(folder, `t${index}`), 'w');
      ftruncateSync(target, randomInteger(random, 1 << 22));
      closeSync(target);
    },
    () => {
      if (files.length < 4) return;
      const [file] = files.splice(randomInteger(random, files.length), 1);
      rmSync(file!.path);
    },
  ];
  for (let index = 0; index < 3; index++) create(index);
  for (let index = 3; index < STEPS; index++) pick(steps)(index);
  if (clusterBytes <= 4096) addCompressed(folder, random);
}

function addCompressed(folder: string, random: Random): void {
  const packed = join(folder, 'packed');
  mkdirSync(packed);
  compressFolder(packed);
  writeFileSync(join(packed, 'text'), 'all work and no play '.repeat(1000 + randomInteger(random, 9000)));
  const noise = Buffer.alloc(70_000 + randomInteger(random, 70_000));
  for (let i = 0; i < noise.length; i++) noise[i] = randomInteger(random, 256);
  writeFileSync(join(packed, 'noise'), noise);
}

/** A file of very many runs: every second cluster is written, so that its runs need an attribute list. */
export function writeManyRuns(path: string, runCount: number, clusterBytes: number): void {
  const target = openSync(path, 'w');
  const sectors = clusterBytes / SECTOR;
  for (let run = 0; run < runCount; run++) {
    const sector = run * 2 * sectors;
    writeSync(target, stamped('many', sector, sectors), 0, clusterBytes, sector * SECTOR);
  }
  closeSync(target);
}

/** Leaves free clusters only in single pieces, then makes so many files that $MFT must take them. */
export function breakMft(folder: string, clusterBytes: number): void {
  const names: string[] = [];
  const write = (bytes: Buffer): boolean => {
    const path = join(folder, `w${names.length}`);
    try {
      writeFileSync(path, bytes);
    } catch {
      rmSync(path, { force: true });
      return false;
    }
    names.push(path);
    return true;
  };
  while (names.length < 600 && write(Buffer.alloc(clusterBytes * 2, 'w')));
  while (names.length < 1200 && write(Buffer.alloc(clusterBytes * 300, 'w')));
  while (names.length < 2500 && write(Buffer.alloc(clusterBytes, 'w')));
  for (let index = 0; index < 400; index += 2) rmSync(names[index]!);
  for (let index = 0; index < 2000; index++) {
    try {
      writeFileSync(join(folder, `small ${index}`), 'z');
    } catch {
      return;
    }
  }
}
