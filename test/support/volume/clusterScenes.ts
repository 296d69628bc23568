import { type ExfatFolder, ExfatImage } from './exfatImage';
import { type FatGeometry, FatImage, type ImageFolder } from './fatImage';
import type { FixtureOwner } from './volumeFixture';

/** An image that is written byte by byte, and whose its sectors are, as the writer knows. */
export interface ClusterScene {
  readonly bytes: Uint8Array;
  readonly owners: readonly FixtureOwner[];
}

/** Of a FAT volume: the sectors of each of its FATs. */
export interface FatScene extends ClusterScene {
  readonly tables: readonly (readonly number[])[];
}

/** What both kinds of image can be asked to write. */
interface Writer<Folder> {
  readonly clusterBytes: number;
  readonly root: Folder;
  sectorOf(cluster: number): number;
  file(folder: Folder, name: string, clusters: readonly number[], size: number): void;
  folder(parent: Folder, name: string, clusters: readonly number[]): Folder;
}

const FILES_IN_OUTER = 40;
/** Folders of ten clusters, two and one, each in pieces that don't follow one another. */
const OUTER = [30, 5, 6, 44, 31, 33, 50, 7, 52, 51, 60, 61, 8];
const INNER = [70, 65];
const DEEPEST = [72];
const FREE = [74, 75, 380];

/** Files in pieces, in folders of several clusters within one another. */
function fill<Folder>(writer: Writer<Folder>): FixtureOwner[] {
  const { clusterBytes, root } = writer;
  const owners: FixtureOwner[] = [];
  const claim = (path: string, kind: 'file' | 'dir', clusters: readonly number[], size: number | null) => {
    for (const [index, cluster] of clusters.entries())
      for (let at = 0; at < clusterBytes / 512; at++) {
        const fileOffset = index * clusterBytes + at * 512;
        const slack = size !== null && fileOffset >= size && { slack: true };
        owners.push({ sector: writer.sectorOf(cluster) + at, kind, path, fileOffset, ...slack });
      }
  };
  const add = (folder: Folder, path: string, clusters: readonly number[], size: number) => {
    writer.file(folder, path.slice(path.lastIndexOf('/') + 1), clusters, size);
    claim(path, 'file', clusters, size);
  };
  const within = (parent: Folder, path: string, clusters: readonly number[]): Folder => {
    claim(path, 'dir', clusters, null);
    return writer.folder(parent, path.slice(path.lastIndexOf('/') + 1), clusters);
  };
  add(root, '/a long name of a file.bin', [10, 11, 20, 15, 9], 4 * clusterBytes + 7);
  add(root, '/WHOLE', [21, 22, 23], 3 * clusterBytes);
  const outer = within(root, '/OUTER', OUTER);
  for (let i = 0; i < FILES_IN_OUTER; i++) {
    const size = clusterBytes + (i % 2 === 0 ? 1 : clusterBytes);
    add(outer, `/OUTER/file ${i}, of two pieces.txt`, [100 + 2 * i, 299 - 2 * i], size);
  }
  const inner = within(outer, '/OUTER/inner folder', INNER);
  add(inner, '/OUTER/inner folder/EMPTY', [], 0);
  for (let i = 0; i < 5; i++)
    add(inner, `/OUTER/inner folder/F${i}`, [310 + i, 330 - i], 2 * clusterBytes - i);
  const deepest = within(inner, '/OUTER/inner folder/deepest', DEEPEST);
  add(deepest, '/OUTER/inner folder/deepest/DEEP', [340, 342, 341, 350], 4 * clusterBytes);
  for (const cluster of FREE) owners.push({ sector: writer.sectorOf(cluster), kind: 'free' });
  return owners;
}

export function fatScene(geometry: FatGeometry): FatScene {
  const image = new FatImage(geometry);
  const owners = fill<ImageFolder>({
    clusterBytes: image.clusterBytes,
    root: image.root,
    sectorOf: (cluster) => image.sectorOf(cluster),
    file: (folder, name, clusters, size) => image.file(folder, name, clusters, size),
    folder: (parent, name, clusters) => image.folder(parent, name, clusters),
  });
  const tableBytes = image.tableAt.length > 1 ? image.tableAt[1]! - image.tableAt[0]! : 0;
  const tables = image.tableAt.map((at) => Array.from({ length: tableBytes / 512 }, (_, i) => at / 512 + i));
  return { bytes: image.bytes, owners, tables };
}

export function exfatScene(perClusterLog: number): ClusterScene {
  const image = new ExfatImage({ clusters: 400, perClusterLog });
  // The root of an exFAT volume has a chain, too.
  image.chain([4, 12, 13]);
  const root: ExfatFolder = { ...image.root, clusters: [4, 12, 13] };
  const owners = fill({
    clusterBytes: image.clusterBytes,
    root,
    sectorOf: (cluster) => image.sectorOf(cluster),
    file: (folder, name, clusters, size) => {
      const contiguous = clusters.every((cluster, i) => cluster === clusters[0]! + i);
      image.file(folder, name, { clusters, size, contiguous: contiguous && clusters.length > 1 });
    },
    folder: (parent, name, clusters) => image.folder(parent, name, clusters),
  });
  return { bytes: image.bytes, owners };
}
