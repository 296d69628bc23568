import {
  BLOCK,
  directoryBytes,
  ExtImage,
  type ExtImageOptions,
  extentNode,
  FLAG,
  MODE,
  pointerMap,
} from './extImage';

/** What is where on {@link ext4Image}. */
export const EXT4 = {
  hello: 12,
  fragmented: 13,
  dir: 14,
  inner: 15,
  link: 16,
  encrypted: 17,
  secret: 18,
  inlineDir: 19,
  inlineChild: 20,
  orphan: 21,
  attribute: 22,
  preallocated: 23,
  device: 24,
  inlineRest: 25,
  oddName: 26,
} as const;

/** An image with one of each kind of thing that ext4 has, on two groups of four. */
export function ext4Image(options: ExtImageOptions = {}): ExtImage {
  const image = new ExtImage({ incompat: 0x42 | 0x8000 | 0x10000, ...options });
  addFolders(image);
  addFiles(image);
  addInlineFolder(image);
  const journal = image.allocate(32, 300);
  const map = extentNode(0, [[0, 32, journal]]);
  image.writeInode(8, { mode: MODE.file, size: 32 * BLOCK, flags: FLAG.extents, map });
  image.journalMap = map;
  image.finish();
  return image;
}

function addFolders(image: ExtImage): void {
  const root = image.allocate();
  folder(image, 2, root, [
    [2, '.', 2],
    [2, '..', 2],
    [EXT4.hello, 'hello.txt', 1],
    [EXT4.hello, 'hello again', 1],
    [EXT4.fragmented, 'fragmented', 1],
    [EXT4.dir, 'dir', 2],
    [EXT4.link, 'link', 7],
    [EXT4.encrypted, 'encrypted', 2],
    [EXT4.inlineDir, 'inline', 2],
    [EXT4.preallocated, 'preallocated', 1],
    [EXT4.device, 'device', 4],
    [EXT4.oddName, Uint8Array.of(0x61, 0xe9, 0x62), 1],
  ]);
  folder(image, EXT4.dir, image.allocate(), [
    [EXT4.dir, '.', 2],
    [2, '..', 2],
    [EXT4.inner, 'inner.bin', 1],
  ]);
  const block = image.allocate();
  image.directoryBlock(block, EXT4.encrypted, [
    [EXT4.encrypted, '.', 2],
    [2, '..', 2],
    [EXT4.secret, Uint8Array.of(1, 0x2f, 0xff, 0), 1],
  ]);
  image.writeInode(EXT4.encrypted, {
    mode: MODE.dir,
    size: BLOCK,
    links: 2,
    flags: FLAG.extents | FLAG.encrypted,
    map: extentNode(0, [[0, 1, block]]),
  });
}

function folder(
  image: ExtImage,
  inode: number,
  block: number,
  entries: Parameters<ExtImage['directoryBlock']>[2],
): void {
  image.directoryBlock(block, inode, entries);
  const map = extentNode(0, [[0, 1, block]]);
  image.writeInode(inode, { mode: MODE.dir, size: BLOCK, links: 2, flags: FLAG.extents, map });
}

function addFiles(image: ExtImage): void {
  const xattrBlock = image.allocate();
  const file = (inode: number, count: number, more: object = {}) => {
    const map = extentNode(0, [[0, count, image.allocate(count)]]);
    image.writeInode(inode, {
      mode: MODE.file,
      size: count * BLOCK - 100,
      flags: FLAG.extents,
      map,
      ...more,
    });
  };
  file(EXT4.hello, 3, { links: 2, xattrBlock });
  file(EXT4.inner, 2, { xattrBlock });
  file(EXT4.secret, 1);
  file(EXT4.inlineChild, 1);
  file(EXT4.inlineRest, 1);
  file(EXT4.oddName, 1);
  file(EXT4.orphan, 2, { links: 0, deletedAt: 99 });
  file(EXT4.attribute, 1, { flags: FLAG.extents | FLAG.eaInode });
  const leaf = image.allocate();
  const extents = Array.from({ length: 6 }, (_, at) => [2 * at, 1, image.allocate(1, 400 + 3 * at)] as const);
  image.extentBlock(leaf, EXT4.fragmented, extentNode(0, extents, 84));
  const fragmented = { size: 11 * BLOCK, flags: FLAG.extents, map: extentNode(1, [[0, leaf]]) };
  image.writeInode(EXT4.fragmented, { mode: MODE.file, ...fragmented });
  const preallocated = extentNode(0, [[0, 32768 + 4, image.allocate(4)]]);
  image.writeInode(EXT4.preallocated, { mode: MODE.file, size: 100, flags: FLAG.extents, map: preallocated });
  image.writeInode(EXT4.link, { mode: MODE.symlink, size: 9, map: Buffer.from('hello.txt') });
  image.writeInode(EXT4.device, { mode: MODE.device, map: pointerMap({ 0: 0x0801 }) });
}

/** A folder that lies in its inode: one entry in the map's place, one in an attribute. */
function addInlineFolder(image: ExtImage): void {
  const map = new Uint8Array(60);
  new DataView(map.buffer).setUint32(0, 2, true);
  map.set(directoryBytes([[EXT4.inlineChild, 'first', 1]], 56), 4);
  const attributes = new Uint8Array(96);
  const view = new DataView(attributes.buffer);
  view.setUint32(0, 0xea020000, true);
  attributes.set([4, 7], 4);
  view.setUint16(6, 60, true);
  view.setUint32(12, 32, true);
  attributes.set(Buffer.from('data'), 20);
  attributes.set(directoryBytes([[EXT4.inlineRest, 'second', 1]], 32), 64);
  image.writeInode(EXT4.inlineDir, {
    mode: MODE.dir,
    size: 92,
    links: 2,
    flags: FLAG.inline,
    map,
    attributes,
  });
}

/** What is where on {@link ext2Image}. */
export const EXT2 = { mapped: 12, triple: 13 } as const;

/** An image without extents or checksums, and files that need each level of indirect blocks. */
export function ext2Image(options: ExtImageOptions = {}): ExtImage {
  const image = new ExtImage({ inodeSize: 128, incompat: 2, ...options });
  const root = image.allocate();
  image.directoryBlock(root, 2, [
    [2, '.', 2],
    [2, '..', 2],
    [EXT2.mapped, 'mapped', 1],
    [EXT2.triple, 'triple', 1],
  ]);
  image.writeInode(2, { mode: MODE.dir, size: BLOCK, links: 2, map: pointerMap({ 0: root }) });
  const single = pointerBlock(image, { 0: image.allocate(), 255: image.allocate() });
  const double = pointerBlock(image, { 1: pointerBlock(image, { 0: image.allocate() }) });
  const map = pointerMap({ 0: image.allocate(), 11: image.allocate(), 12: single, 13: double });
  image.writeInode(EXT2.mapped, { mode: MODE.file, size: 600 * BLOCK, map });
  const triple = pointerBlock(image, {
    0: pointerBlock(image, { 2: pointerBlock(image, { 3: image.allocate() }) }),
  });
  image.writeInode(EXT2.triple, { mode: MODE.file, size: 66400 * BLOCK, map: pointerMap({ 14: triple }) });
  image.finish();
  return image;
}

function pointerBlock(image: ExtImage, pointers: Readonly<Record<number, number>>): number {
  const block = image.allocate();
  const view = new DataView(image.bytes.buffer, block * BLOCK, BLOCK);
  for (const [at, pointer] of Object.entries(pointers)) view.setUint32(Number(at) * 4, pointer, true);
  return block;
}
