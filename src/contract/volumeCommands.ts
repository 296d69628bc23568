import {
  type DamageReport,
  DiskVolumes,
  damageCsv,
  domainMap,
  reportDamage,
  sectorsOf,
  type VolumeTarget,
} from '../engine';
import { damageOptions, fileAsked, ownersAsked } from './commandArguments';
import type { CommandResults } from './commandResults';
import type { Task } from './task';

/*
 * The commands that look into the file systems of a disk. Options come in the form that callers in code give them, with what
 * is asked for among them.
 */

/** Results of the commands that look into file systems. */
export type VolumeResults = Pick<CommandResults, 'volumes' | 'ownerOf' | 'sectorsOf' | 'damage'>;
export type VolumeCommand = keyof VolumeResults;

/**
 * Runs one of the commands on a device or an image.
 * @throws RemapError `EINVAL` for a wrong option, and as the engine's functions; the signal's reason once it is aborted
 */
export async function runVolumeCommand<Name extends VolumeCommand>(
  name: Name,
  target: VolumeTarget,
  options: unknown,
  task: Task,
): Promise<VolumeResults[Name]> {
  return handlers[name](target, options, task);
}

const handlers: {
  readonly [Name in VolumeCommand]: (
    target: VolumeTarget,
    options: unknown,
    task: Task,
  ) => Promise<VolumeResults[Name]>;
} = {
  volumes: async ({ source }) => (await DiskVolumes.open(source)).list(),
  ownerOf: async ({ source }, options, task) => {
    const { sectors } = ownersAsked(options);
    return (await DiskVolumes.open(source)).ownersOf(sectors, walk(task));
  },
  sectorsOf: async ({ source }, options) => {
    const { path, volume } = fileAsked(options);
    return sectorsOf(await DiskVolumes.open(source), path, volume);
  },
  damage: async (target, options, task) => {
    const { format } = damageOptions(options);
    const disk = await DiskVolumes.open(target.source);
    if (format === 'mapfile') return [...(await domainMap(disk, walk(task)))].join('');
    const report: DamageReport = await reportDamage(disk, await target.unreadable(), walk(task));
    return format === 'csv' ? [...damageCsv(report)].join('') : report;
  },
};

/** A line of a damage table that tells of a loss, or that something can't be told; a map of the used space has none. */
const DAMAGE_IN_CSV = /^(?:file|dir|meta|doubt|more),|^(?:used|unknown),,,,\w+,,[1-9]/m;

function walk({ signal, report }: Task) {
  return { signal, progress: (done: number) => report('Reading the files', done) };
}

/** Whether a report says that anything is lost, or that this can't be told. */
export function hasDamage(result: CommandResults['damage']): boolean {
  if (typeof result === 'string') return DAMAGE_IN_CSV.test(result);
  const { files, structures, used, unknown, moreFiles, doubts } = result;
  const sectors = used.bad + used.notRescued + unknown.bad + unknown.notRescued;
  return files.length + structures.length + moreFiles + doubts.length + sectors > 0;
}
