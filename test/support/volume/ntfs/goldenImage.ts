import {
  ATTRIBUTE_LIST,
  BITMAP,
  DATA,
  FILE_NAME,
  INDEX_ALLOCATION,
  INDEX_ROOT,
  indexBlock,
  indexEntry,
  listValue,
  nameValue,
  nonResident,
  REPARSE_POINT,
  reference,
  resident,
  rootValue,
  type TestRun,
} from './ntfsAttributes';
import { type ImageOptions, NtfsImage } from './ntfsImage';

/** The records of the golden image. */
export const GOLDEN = {
  resident: 16,
  plain: 17,
  folder: 18,
  inFolder: 19,
  listed: 20,
  firstExtension: 21,
  secondExtension: 22,
  packed: 23,
  unwritten: 24,
  linked: 25,
  streams: 26,
  encrypted: 27,
  farListed: 28,
  farExtension: 29,
  overlay: 30,
} as const;

const COMPRESSED = 0x0001;
const ENCRYPTED = 0x4000;
const SPARSE = 0x8000;

const ROOT = reference(5, 5);
const CLUSTER = { clusterBytes: 4096 };

/** A volume of 256 clusters of 4 KiB with a file of each kind. */
export function goldenImage(options: ImageOptions = {}): NtfsImage {
  const image = new NtfsImage(options);
  const data = (runs: readonly TestRun[], size?: number, more = {}): Buffer => {
    image.use(runs);
    return nonResident(DATA, runs, { ...CLUSTER, ...(size !== undefined && { size }), ...more });
  };
  image.file(GOLDEN.resident, 'resident.txt', resident(DATA, Buffer.from('Held by its record')));
  image.file(
    GOLDEN.plain,
    'plain.bin',
    data(
      [
        [60, 2],
        [80, 1],
        [58, 1],
      ],
      13_000,
    ),
  );
  putFolder(image);
  putListed(image, data);
  image.file(
    GOLDEN.packed,
    'packed.txt',
    data(
      [
        [100, 4],
        [null, 12],
        [104, 16],
        [120, 2],
        [130, 3],
        [null, 11],
      ],
      190_000,
      { unitLog: 4, flags: COMPRESSED },
    ),
  );
  image.file(
    GOLDEN.unwritten,
    'sparse.bin',
    data(
      [
        [140, 3],
        [null, 1_000_000],
        [143, 1],
      ],
      4_096_014_000,
      { initialised: 5000, flags: SPARSE },
    ),
  );
  image.put(GOLDEN.linked, {
    attributes: [
      resident(FILE_NAME, nameValue(ROOT, 'LINKED~1.BIN', 2)),
      resident(FILE_NAME, nameValue(ROOT, 'linked one.bin', 1)),
      resident(FILE_NAME, nameValue(reference(GOLDEN.folder, 3), 'linked two.bin', 0)),
      data([[150, 1]]),
    ],
  });
  image.file(
    GOLDEN.streams,
    'streams',
    resident(DATA, Buffer.from('main')),
    data([[151, 2]], 5000, { name: 'large' }),
  );
  image.file(GOLDEN.encrypted, 'secret.txt', data([[153, 1]], 100, { flags: ENCRYPTED }));
  const overlay = Buffer.alloc(24);
  overlay.writeUInt32LE(0x8000_0017, 0);
  const hole = nonResident(DATA, [[null, 2]], { ...CLUSTER, size: 8000, flags: SPARSE });
  image.file(GOLDEN.overlay, 'program.exe', hole, resident(REPARSE_POINT, overlay));
  return image;
}

/** A folder with one name in its record and one in a block; what is left in a block that isn't used counts for nothing. */
function putFolder(image: NtfsImage): void {
  const own = reference(GOLDEN.folder, 3);
  const entry = (record: number, name: string, nameSpace = 1): Buffer =>
    indexEntry(reference(record), nameValue(own, name, nameSpace));
  const attributes = [
    resident(FILE_NAME, nameValue(ROOT, 'folder', 3, true)),
    resident(INDEX_ROOT, rootValue([entry(GOLDEN.inFolder, 'in folder.txt')]), { name: '$I30' }),
    nonResident(INDEX_ALLOCATION, [[90, 2]], { name: '$I30', ...CLUSTER }),
    resident(BITMAP, Buffer.from([1, 0, 0, 0, 0, 0, 0, 0]), { name: '$I30' }),
  ];
  image.use([[90, 2]]);
  image.put(GOLDEN.folder, { sequence: 3, isDirectory: true, attributes });
  image.bytes.set(indexBlock([entry(GOLDEN.linked, 'linked two.bin', 0)], 0), 90 * 4096);
  image.bytes.set(indexBlock([entry(GOLDEN.plain, 'deleted.bin')], 1), 91 * 4096);
  const name = resident(FILE_NAME, nameValue(own, 'in folder.txt'));
  image.put(GOLDEN.inFolder, { attributes: [name, resident(DATA, Buffer.from('deep'))] });
}

/** A file whose runs lie in two extension records, and one whose list and name lie elsewhere too. */
function putListed(
  image: NtfsImage,
  data: (runs: readonly TestRun[], size?: number, more?: object) => Buffer,
): void {
  const base = reference(GOLDEN.listed);
  const list = listValue([
    { type: FILE_NAME, record: base },
    { type: DATA, record: reference(GOLDEN.secondExtension), firstVcn: 2 },
    { type: DATA, record: reference(GOLDEN.firstExtension) },
  ]);
  image.file(GOLDEN.listed, 'listed.bin', resident(ATTRIBUTE_LIST, list));
  const allocated = { allocated: 5 * 4096 };
  image.put(GOLDEN.firstExtension, {
    base,
    attributes: [
      data(
        [
          [160, 1],
          [162, 1],
        ],
        20_000,
        allocated,
      ),
    ],
  });
  image.put(GOLDEN.secondExtension, { base, attributes: [data([[164, 3]], undefined, { firstVcn: 2 })] });

  const far = reference(GOLDEN.farListed);
  const farList = listValue([
    { type: FILE_NAME, record: reference(GOLDEN.farExtension) },
    { type: DATA, record: reference(GOLDEN.farExtension) },
  ]);
  image.use([[170, 1]]);
  image.bytes.set(farList, 170 * 4096);
  image.put(GOLDEN.farListed, {
    attributes: [nonResident(ATTRIBUTE_LIST, [[170, 1]], { ...CLUSTER, size: farList.length })],
  });
  image.put(GOLDEN.farExtension, {
    base: far,
    attributes: [resident(FILE_NAME, nameValue(ROOT, 'far.bin')), data([[171, 2]], 8000)],
  });
}
