import { MediumEditor } from '../block/mediumEditor';
import { countSectors, mergeRanges } from '../block/range';
import {
  changesMedium,
  DUST_BLOCK_SIZE,
  type DustReply,
  handleDustMessage,
  isListing,
} from '../dmsetup/dustMessages';
import { flakeyHints, formatFlakeyTable, parseFlakeyTable } from '../dmsetup/flakeyTable';
import { RemapError } from '../errors';
import { parseBadSectors } from '../mapfile/badSectorFile';
import { likelyBlockSizes } from '../mapfile/blockSizes';
import type { PreparedEdit } from '../mapfile/mediumKeeper';
import type { TableFaults } from '../mapfile/segmentTable';
import { readTextFile } from '../mapfile/textFile';
import type { ClearWhich, DiskPlace, Injection, InjectOptions } from './deviceContracts';
import type { DeviceStack } from './deviceStack';
import type { Disk } from './disk';
import type { KernelLog } from './kernelLog';

/**
 * Makes sectors of main or of the spare bad, by ranges or by what a file says, and loads a flakey table, an own one or the
 * file's. Everything is checked before anything changes; resolves when the mapfile says so too.
 * @throws RemapError `EINVAL` for a sector outside the image, a flakey table that no kernel takes (which goes on main only, and
 * comes from one place), a file that can't be read
 */
export async function injectErrors(stack: DeviceStack, options: InjectOptions): Promise<Injection> {
  const disk = diskFor(stack, options.on);
  const listed =
    options.mapfile === undefined ? undefined : await readFaults(stack, disk, options.mapfile, options);
  const flakey = flakeyOf(options, listed);
  const config = flakey === undefined ? undefined : parseFlakeyTable(flakey);
  await disk.edit((editor) => {
    if (options.sectors) editor.inject(options.sectors, { mode: options.mode ?? 'error' });
    if (listed) editor.injectAll(listed.badSectors);
  });
  if (config) stack.flakey.setTable(config);
  return {
    sectors: countSectors(mergeRanges(options.sectors ?? [])) + (listed?.badSectors.sectorCount ?? 0),
    flakey: config ? formatFlakeyTable(config) : null,
    hints: flakey === undefined ? [] : flakeyHints(flakey),
  };
}

/** The likely block sizes of a list in a file, as {@link likelyBlockSizes} has them, for a list that goes on one of the disks. */
export async function blockSizesOf(
  stack: DeviceStack,
  path: string,
  on?: InjectOptions['on'],
): Promise<number[] | null> {
  const { sectorCount } = diskFor(stack, on);
  const bytes = await readTextFile(path);
  const sizes = likelyBlockSizes(bytes, { path, sectorCount });
  return sizes && stack.listed.includes(bytes) ? [...new Set([DUST_BLOCK_SIZE, ...sizes])] : sizes;
}

/** Lets the next read of each sector of a disk fail, and those after it succeed; resolves when the mapfile says so too. */
export async function failNextRead(disk: Disk, sectors: readonly number[]): Promise<void> {
  const runs = sectors.map((sector) => [sector, 1] as const);
  await disk.edit((editor) => editor.inject(runs, { mode: 'error', readFailures: 1 }));
}

/**
 * Makes every disk and the flakey layer work, or takes back only what was injected here, or makes sectors of one disk
 * readable. It does all of that or nothing.
 * @returns where maps are kept as they were, since other programs had found what was cleared (R14)
 * @throws RemapError `ENOENT` for a spare that is missing, `EINVAL` for sectors outside the disk, and as
 * {@link Disk.prepareEdit}
 */
export async function clearErrors(stack: DeviceStack, which: ClearWhich): Promise<string[]> {
  if (typeof which === 'object') {
    const { kept } = await diskAt(stack, which.disk).edit((editor) => editor.clear(which.sectors));
    return kept === null ? [] : [kept];
  }
  const prepared: PreparedEdit[] = [];
  try {
    for (const disk of stack.disks) {
      prepared.push(
        await disk.prepareEdit((editor) => (which === 'all' ? editor.clearAll() : editor.clearInjected())),
      );
    }
    for (const edit of prepared) await edit.save();
  } catch (error) {
    for (const edit of prepared) await edit.discard();
    throw error;
  }
  const outcomes = await Promise.all(prepared.map((edit) => edit.commit()));
  stack.flakey.setTable(undefined);
  return outcomes.flatMap(({ kept }) => (kept === null ? [] : [kept]));
}

/** @throws RemapError `ENOENT` for a spare that is missing */
function diskAt({ main, spares }: DeviceStack, place: DiskPlace): Disk {
  const disk = place === 'main' ? main : spares[place];
  if (disk) return disk;
  throw new RemapError('ENOENT', `spare ${place} is missing`);
}

/** Carries out a dm-dust message on main's medium; resolves when the mapfile says so too. */
export async function handleDust(
  { main, listed }: DeviceStack,
  argv: readonly string[],
  log: KernelLog,
): Promise<string> {
  const { reply, log: line } = changesMedium(argv[0] ?? '')
    ? await editByMessage(main, argv)
    : handleDustMessage(new MediumEditor(main.medium), argv);
  if (line) log.foreign(line);
  if (isListing(argv)) listed.note(reply);
  return reply;
}

async function editByMessage(disk: Disk, argv: readonly string[]): Promise<DustReply> {
  let reply: DustReply | undefined;
  await disk.edit((editor) => {
    reply = handleDustMessage(editor, argv);
  });
  return reply!;
}

async function readFaults(
  stack: DeviceStack,
  disk: Disk,
  path: string,
  { mode = 'error', blockSize }: InjectOptions,
): Promise<TableFaults> {
  const bytes = await readTextFile(path);
  return parseBadSectors(bytes, {
    path,
    sectorCount: disk.sectorCount,
    fault: { mode },
    blockSize: blockSize ?? (stack.listed.includes(bytes) ? DUST_BLOCK_SIZE : undefined),
  });
}

function flakeyOf({ on, flakey, mapfile }: InjectOptions, listed?: TableFaults): string | undefined {
  if (flakey !== undefined && listed?.flakey !== undefined) {
    throw new RemapError(
      'EINVAL',
      `${mapfile} has a flakey layer of its own (${listed.flakey}): leave out the other one, "${flakey}"`,
      mapfile === undefined ? {} : { path: mapfile },
    );
  }
  const asked = flakey ?? listed?.flakey;
  if (asked === undefined || on !== 'spare') return asked;
  throw new RemapError(
    'EINVAL',
    'the flakey layer lies over the main image only; inject sectors on the spare',
  );
}

function diskFor(stack: DeviceStack, on: InjectOptions['on']): Disk {
  if (on === undefined || on === 'main') return stack.main;
  if (on === 'spare') return stack.firstSpare;
  throw new RemapError('EINVAL', `errors go on 'main' or 'spare', not on '${on}'`);
}
