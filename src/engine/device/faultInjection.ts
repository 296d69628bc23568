import { handleDustMessage } from '../dmsetup/dustMessages';
import { parseFlakeyTable } from '../dmsetup/flakeyTable';
import { RemapError } from '../errors';
import { readBadSectors } from '../mapfile/badSectorFile';
import type { InjectOptions } from './deviceContracts';
import type { DeviceStack } from './deviceStack';
import type { Disk } from './disk';
import type { KernelLog } from './kernelLog';

/**
 * Makes sectors of main or of the spare bad, by ranges or by a list in a file, and loads a flakey table. Everything is
 * checked before anything changes; resolves when the mapfile says so too.
 * @throws RemapError `EINVAL` for a sector outside the image, a flakey table the kernel refuses (which goes on main only),
 * a list that can't be read
 */
export async function injectErrors(stack: DeviceStack, options: InjectOptions): Promise<void> {
  const disk = diskFor(stack, options);
  const config = options.flakey === undefined ? undefined : parseFlakeyTable(options.flakey);
  if (config && options.on === 'spare') {
    throw new RemapError(
      'EINVAL',
      'the flakey layer lies over the main image only; inject sectors on the spare',
    );
  }
  const listed = options.mapfile
    ? await readBadSectors(options.mapfile, {
        sectorCount: disk.sectorCount,
        fault: { mode: options.mode ?? 'error' },
      })
    : undefined;
  if (options.sectors) disk.medium.inject(options.sectors, { mode: options.mode ?? 'error' });
  if (listed) disk.medium.injectAll(listed);
  if (config) stack.flakey.setTable(config);
  await disk.saved();
}

/** Lets the next read of each sector of a disk fail, and those after it succeed; resolves when the mapfile says so too. */
export async function failNextRead(disk: Disk, sectors: readonly number[]): Promise<void> {
  disk.medium.inject(
    sectors.map((sector) => [sector, 1] as const),
    { mode: 'error', readFailures: 1 },
  );
  await disk.saved();
}

/** Makes every disk and the flakey layer healthy. */
export async function clearErrors(stack: DeviceStack): Promise<void> {
  stack.flakey.setTable(undefined);
  for (const disk of stack.disks) {
    disk.medium.clear();
    disk.medium.enabled = true;
  }
  await Promise.all(stack.disks.map((disk) => disk.saved()));
}

/** Carries out a dm-dust message on a disk's medium; resolves when the mapfile says so too. */
export async function handleDust(disk: Disk, argv: readonly string[], log: KernelLog): Promise<string> {
  const { reply, log: line } = handleDustMessage(disk.medium, argv);
  if (line) log.foreign(line);
  await disk.saved();
  return reply;
}

function diskFor(stack: DeviceStack, { on }: InjectOptions): Disk {
  if (on === undefined || on === 'main') return stack.main;
  if (on === 'spare') return stack.firstSpare;
  throw new RemapError('EINVAL', `errors go on 'main' or 'spare', not on '${on}'`);
}
