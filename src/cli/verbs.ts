import type { CommandResults } from '../contract/commandResults';

/*
 * What the command line takes: verbs with their operands and options, as the help shows them. It knows nothing of the
 * engine, so that help and complaints about arguments need not load it. `program.ts` runs them.
 */

/** An option of a verb. */
export interface OptionDeclaration {
  /** The name of its value, as the help shows it; absent: a switch. */
  readonly value?: string;
  readonly text: string;
  readonly isRequired?: boolean;
}

/** A verb, by its words: `markers verify` has two. */
export interface VerbDeclaration {
  /** In order; one in brackets may be left out, and one that ends with `...` may be repeated. */
  readonly operands: readonly string[];
  readonly summary: string;
  /** The extension's command with the same arguments and result; null: it has none that returns a value. */
  readonly command: keyof CommandResults | null;
  readonly options: Readonly<Record<string, OptionDeclaration>>;
  /** A command line after the program's name, and what it does. */
  readonly examples: readonly (readonly [line: string, text: string])[];
}

const DEVICE = ['DEVICE'] as const;
/** A device file or an image. */
const TARGET = ['TARGET'] as const;

const markerOptions = {
  sectors: { value: 'LIST', text: 'sectors to use instead of the device’s, such as 1000,2000-2010' },
  text: { value: 'TEXT', text: 'text to use instead of the device’s; {sector} is replaced' },
} as const;

export const VERBS = {
  create: {
    operands: DEVICE,
    summary: 'make a device: its .remap file, and beside it a main image and a formatted spare',
    command: 'createDevice',
    options: {
      'main-sectors': { value: 'N', text: 'size of main in sectors, or as 100MiB', isRequired: true },
      'spare-sectors': { value: 'N', text: 'size of the spare in sectors, or as 50MiB', isRequired: true },
      flakey: { value: 'TABLE', text: 'dm-flakey over main: its table after <dev> <offset>' },
    },
    examples: [
      [
        'create disk.remap --main-sectors 204800 --spare-sectors 102400',
        'disk.img and disk-spare.img, sparse',
      ],
      [
        'create f.remap --main-sectors 100MiB --spare-sectors 8MiB --flakey "0 1 1 error_reads"',
        'reads of main fail',
      ],
    ],
  },
  status: {
    operands: DEVICE,
    summary: 'print the status line, or what dmremap-status makes of it',
    command: 'status',
    options: {
      dialect: { value: 'NAME', text: 'v4.0.3 (without it) or head: they differ in field 17' },
      format: { value: 'NAME', text: 'raw (without it), human, json, csv or compact, as dmremap-status' },
    },
    examples: [
      ['status disk.remap', 'the 31 fields'],
      ['status disk.remap --dialect head --format human', 'a box for people'],
    ],
  },
  table: {
    operands: DEVICE,
    summary: 'print the table line, as dmsetup table does',
    command: 'table',
    options: {},
    examples: [['table disk.remap', 'its sectors and images']],
  },
  check: {
    operands: DEVICE,
    summary: 'judge the five metadata copies; a spare image will do',
    command: 'checkMetadata',
    options: {},
    examples: [
      ['check disk.remap || remap-inspector repair disk.remap', 'repair what is damaged'],
      ['check disk-spare.img', 'a spare by itself'],
    ],
  },
  repair: {
    operands: DEVICE,
    summary: 'write damaged metadata copies anew',
    command: 'repairMetadata',
    options: {},
    examples: [['repair disk.remap', 'all five copies are intact then']],
  },
  list: {
    operands: DEVICE,
    summary: 'list the remaps',
    command: 'listRemaps',
    options: {
      offset: { value: 'N', text: 'remaps to leave out at the start' },
      limit: { value: 'N', text: 'remaps to list at most; without it 1000' },
    },
    examples: [['list disk.remap --limit 20', 'the first 20 by sector']],
  },
  scan: {
    operands: DEVICE,
    summary: 'read the whole device, move weak sectors to the spare, report what fails',
    command: 'scan',
    options: { rate: { value: 'N', text: 'at most N MiB a second; without it as fast as the disks' } },
    examples: [['scan disk.remap --json > scan.json', 'failing, slow and rescued sectors']],
  },
  relocate: {
    operands: DEVICE,
    summary: 'move remaps that a kernel left inside the metadata area',
    command: 'relocate',
    options: {},
    examples: [['relocate disk.remap', 'a device that is read-only because of them is writable then']],
  },
  script: {
    operands: DEVICE,
    summary: 'print a shell script that builds the same stack with the real module',
    command: null,
    options: {},
    examples: [['script disk.remap > setup.sh', 'losetup and dmsetup commands']],
  },
  read: {
    operands: ['DEVICE', 'SECTOR', '[COUNT]'],
    summary: 'read sectors, 1 without COUNT',
    command: 'read',
    options: {
      from: { value: 'VIEW', text: 'device (without it), main or spare' },
      raw: { text: 'the bytes themselves; those of a sector that fails are zeros' },
    },
    examples: [
      ['read disk.remap 1000', 'one sector in hexadecimal'],
      ['read disk.remap 0 2048 --raw > start.bin', 'the first MiB'],
    ],
  },
  write: {
    operands: ['DEVICE', 'SECTOR'],
    summary: 'write sectors from standard input, and flush',
    command: 'write',
    options: {},
    examples: [['write disk.remap 1000 < sector.bin', 'a bad sector is remapped on the way']],
  },
  inject: {
    operands: DEVICE,
    summary: 'make sectors fail; without a serve the device file keeps a flakey layer',
    command: 'injectErrors',
    options: {
      sectors: { value: 'LIST', text: 'bad sectors, such as 1000,2000-2010' },
      mode: { value: 'MODE', text: 'error (without it), or dust: a write heals the sector' },
      mapfile: { value: 'FILE', text: 'bad sectors of a rescue map, a badblocks list, a dmsetup table, ...' },
      'block-size': { value: 'N', text: 'bytes of a block in a list that doesn’t say it' },
      flakey: { value: 'TABLE', text: 'a dm-flakey layer over main' },
      on: { value: 'IMAGE', text: 'main (without it) or spare' },
    },
    examples: [
      ['inject disk.remap --sectors 1000,2000-2010', '12 bad sectors on main'],
      ['inject disk.remap --mapfile rescue.map', 'what ddrescue found'],
    ],
  },
  clear: {
    operands: DEVICE,
    summary: 'heal every injected fault and bad sector, or some sectors of one image',
    command: 'clearErrors',
    options: {
      sectors: { value: 'LIST', text: 'only these, such as 1000,2000-2010' },
      on: { value: 'IMAGE', text: 'where they are: main (without it) or spare' },
      member: { value: 'N', text: 'which spare of a pool; without it the first' },
    },
    examples: [
      ['clear disk.remap', 'copies of other programs’ maps are kept'],
      ['clear disk.remap --sectors 1000-1007', 'only these sectors of main'],
    ],
  },
  'markers write': {
    operands: DEVICE,
    summary: 'write a known text to the device’s marker sectors',
    command: 'writeMarkers',
    options: markerOptions,
    examples: [['markers write disk.remap', 'those that the device file names']],
  },
  'markers verify': {
    operands: DEVICE,
    summary: 'check that the texts are still there',
    command: 'verifyMarkers',
    options: markerOptions,
    examples: [['markers verify disk.remap --sectors 1000,2000', 'exit code 1 if one is lost']],
  },
  volumes: {
    operands: TARGET,
    summary: 'list the partitions and file systems of a device or an image',
    command: 'volumes',
    options: {},
    examples: [['volumes disk.img', 'size, use, and what is special of each']],
  },
  owner: {
    operands: ['TARGET', 'SECTOR...'],
    summary: 'tell which file or structure is in each sector',
    command: 'ownerOf',
    options: {},
    examples: [['owner disk.img 2048 5000-5007', 'the file, and where in it']],
  },
  sectors: {
    operands: ['TARGET', 'PATH'],
    summary: 'list the sectors of a file',
    command: 'sectorsOf',
    options: { volume: { value: 'N', text: 'the volume, where several have such a file' } },
    examples: [['sectors disk.img /home/a/photo.jpg', 'place in the file, sector, count']],
  },
  damage: {
    operands: TARGET,
    summary: 'tell which files are lost with the sectors that can’t be read, and what is not lost',
    command: 'damage',
    options: {
      format: { value: 'NAME', text: 'text (without it), csv, or mapfile: the used space, for ddrescue -m' },
    },
    examples: [
      ['damage disk.img', 'exit code 1 if anything is lost'],
      ['damage disk.img --format mapfile > used.map', 'ddrescue -m used.map /dev/sdx disk.img disk.img.map'],
    ],
  },
  compare: {
    operands: ['TARGET', 'OTHER'],
    summary: 'compare two devices or images, and tell which sectors differ and which can’t be read',
    command: 'compare',
    options: {
      from: { value: 'VIEW', text: 'of the first device: device (without it), main or spare' },
      'second-from': { value: 'VIEW', text: 'the same of the second' },
    },
    examples: [
      ['compare disk.img copy.img', 'exit code 1 unless all is equal'],
      ['compare disk.remap disk.remap --second-from main', 'what the spare has in place of main'],
    ],
  },
  merge: {
    operands: ['FIRST', 'SECOND', 'NEW'],
    summary: 'make a new image and its map from two rescues of one disk, images with their ddrescue maps',
    command: 'mergeRescues',
    options: {
      map: { value: 'FILE', text: 'the map of FIRST; without it FIRST.map' },
      'second-map': { value: 'FILE', text: 'the map of SECOND; without it SECOND.map' },
    },
    examples: [
      ['merge monday.img tuesday.img disk.img', 'disk.img and disk.img.map; exit code 1 if both differ'],
    ],
  },
  reload: {
    operands: DEVICE,
    summary: 'reload the module under the device, as the published persistence test did',
    command: 'reloadModule',
    options: { wait: { value: 'SECONDS', text: 'between unloading and loading; without it 2' } },
    examples: [['reload disk.remap --wait 0', 'while a file system on it is mounted, too']],
  },
  suspend: {
    operands: DEVICE,
    summary: 'hold the I/O of a device that a serve has',
    command: 'suspend',
    options: {},
    examples: [['suspend disk.remap', 'its clients wait until resume']],
  },
  resume: {
    operands: DEVICE,
    summary: 'let the I/O of a suspended device go on',
    command: 'resume',
    options: {},
    examples: [['resume disk.remap', '']],
  },
  reboot: {
    operands: ['[DEVICE]'],
    summary: 'drop the machine’s memory and assemble its devices again',
    command: 'reboot',
    options: {
      'power-loss': { text: 'lose any part of what was not flushed, too' },
      seed: { value: 'N', text: 'decides what a power loss takes' },
    },
    examples: [
      ['reboot', 'the machine of this folder’s devices: their serve, or one that starts for it'],
      ['reboot disk.remap --power-loss --seed 7', 'the machine that has this device'],
    ],
  },
  test: {
    operands: ['[SCENARIO...]'],
    summary: 'run the persistence scenarios on images of their own, all without names',
    command: 'runPersistenceTest',
    options: {
      report: { value: 'FILE', text: 'where the Markdown report goes' },
      junit: { value: 'FILE', text: 'write the results as JUnit XML, too' },
      seed: { value: 'N', text: 'of the random work; without it 1' },
      'soak-seconds': { value: 'N', text: 'how long the soak scenario works; without it 30' },
      'power-loss-points': { value: 'N', text: 'how often the power is cut; without it 200' },
      'large-remap-count': { value: 'N', text: 'entries of the large table; without it 1000000' },
    },
    examples: [
      ['test remap-persistence power-loss', 'two of them'],
      ['test --report persistence-test-1.md --junit results.xml', 'all of them, for CI'],
    ],
  },
  serve: {
    operands: ['DEVICE...'],
    summary: 'assemble devices and export them over NBD until Ctrl+C',
    command: null,
    options: {
      socket: { value: 'PATH', text: 'the Unix socket to listen at; without it one in a private folder' },
      tcp: { value: 'PORT', text: 'listen at this port of the loopback address instead; 0: any free one' },
      'read-only': { text: 'open the images read-only; nothing is written' },
    },
    examples: [
      ['serve disk.remap', 'every other verb on disk.remap goes to it meanwhile'],
      ['serve disk.remap --json', 'a line { device, uri, socket } for each device once it is ready'],
    ],
  },
} as const satisfies Readonly<Record<string, VerbDeclaration>>;

export type VerbName = keyof typeof VERBS;

/** A verb's declaration without its literal types. */
export function declarationOf(name: VerbName): VerbDeclaration {
  return VERBS[name];
}
