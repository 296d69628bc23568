import { faultOfTag, type MediumFault } from '../block/mediumFault';
import { describeStatusOf, statusOfTag } from '../block/notRescued';
import { appendRange, countSectors, mergeRanges } from '../block/range';
import { flakeyHints } from '../dmsetup/flakeyTable';
import { type ShellScriptDust, type ShellScriptImage, shellScript } from '../dmsetup/shellScript';
import type { SectorRange } from '../errors';
import type { RemapTable } from '../remap/remapTable';
import type { DeviceParts } from './deviceParts';
import type { Disk } from './disk';

/** Ranges that a comment of the script names; there may be a million. */
const MAX_NAMED = 20;

/**
 * A shell script that builds the same stack on a Linux machine with the real module: sectors that always fail as `error`
 * segments, those that a write heals as dm-dust with its messages. What no target of the kernel does is said in comments at
 * the top.
 */
export function deviceShellScript({ spec, stack, target }: DeviceParts): string {
  const main = imageOf(stack.main, 'main');
  const spare = imageOf(stack.firstSpare, 'the spare');
  const flakey = stack.flakeyTable;
  const hints = flakey === null ? [] : flakeyHints(flakey).map((hint) => `The flakey table: ${hint}`);
  return shellScript({
    name: spec.name,
    main: main.image,
    spare: spare.image,
    flakey,
    remarks: [
      ...main.remarks,
      ...spare.remarks,
      ...strayRemarks(target.table),
      ...poolRemarks(target),
      ...hints,
    ],
  });
}

/** The kernel checks no bounds: it sends I/O to where a stray entry leads. */
function strayRemarks(table: RemapTable): string[] {
  const sectors = Array.from(table.strays, (slot) => table.entryAt(slot).original).sort((a, b) => a - b);
  if (sectors.length === 0) return [];
  const what = named(mergeRanges(sectors.map((sector) => [sector, 1] as const)));
  return [
    `The remaps of ${what} lead nowhere: the kernel fails or misplaces what is read and written there.`,
  ];
}

/** The kernel has one spare: it serves main where the data live on another one (R16). */
function poolRemarks({ table, pool }: DeviceParts['target']): string[] {
  const others = pool.members.length - 1;
  if (others === 0) return [];
  const elsewhere: number[] = [];
  table.index.visit(0, Number.POSITIVE_INFINITY, (original, slot) => {
    if (table.memberOf(slot) > 0) elsewhere.push(original);
  });
  const spares = others === 1 ? 'the other spare' : `the ${others} other spares`;
  if (elsewhere.length === 0) return [`The kernel takes one spare: ${spares} of the pool are left out.`];
  const what = named(mergeRanges(elsewhere.map((sector) => [sector, 1] as const)));
  return [
    `The kernel takes one spare: what lives on ${spares} of the pool is left out. It serves main for ${what}, with old data or none.`,
  ];
}

/** An image as the script makes it, and what it leaves out of it. */
function imageOf(disk: Disk, name: string): { image: ShellScriptImage; remarks: string[] } {
  const { enabled, quiet } = disk.medium;
  const { always, sometimes, runs } = faultsOf(disk);
  const remarks: string[] = [];
  if (sometimes.length > 0) {
    remarks.push(
      `Left out: ${named(sometimes)} of ${name} fail some reads only, which no target of dm does.`,
    );
  }
  if (always.length > 0 && !enabled) {
    remarks.push(
      `Left out: ${named(always)} of ${name} would fail for good, but the faults of ${name} are disabled now.`,
    );
  }
  remarks.push(...notRescued(disk, name));
  const dust: ShellScriptDust | undefined = runs.length > 0 ? { runs, enabled, quiet } : undefined;
  const image = {
    path: disk.path,
    sectorCount: disk.sectorCount,
    badSectors: enabled ? always : [],
    ...(dust && { dust }),
  };
  return { image, remarks };
}

/** What was not rescued, a remark for each status. They are no fault of the disk, so no target of the script has them. */
function notRescued({ medium }: Disk, name: string): string[] {
  const ranges = new Map<number, [number, number][]>();
  for (const { first, sectorCount, tag } of medium.notRescued.tagged()) {
    const list = ranges.get(tag) ?? [];
    ranges.set(tag, list);
    appendRange(list, first, sectorCount);
  }
  return [...ranges].map(([tag, list]) => {
    const why = describeStatusOf(statusOfTag(tag));
    return `Left out: ${named(list)} of ${name} not rescued (${why}); here they read as what the image holds, which is not the disk's.`;
  });
}

/** The bad sectors of a disk by how they fail. */
function faultsOf({ medium }: Disk) {
  const always: [number, number][] = [];
  const sometimes: [number, number][] = [];
  const runs: { sectors: SectorRange; writeFailures: number }[] = [];
  for (const { first, sectorCount, tag } of medium.badSectors.tagged()) {
    const fault: MediumFault = faultOfTag(tag);
    if (fault.mode === 'dust') {
      runs.push({ sectors: [first, sectorCount], writeFailures: fault.writeFailures ?? 0 });
    } else appendRange(fault.readFailures ? sometimes : always, first, sectorCount);
  }
  return { always, sometimes, runs };
}

/** "3 sectors (1000, 2000-2001)". */
function named(ranges: readonly SectorRange[]): string {
  const count = countSectors(ranges);
  const texts = ranges
    .slice(0, MAX_NAMED)
    .map(([first, each]) => (each === 1 ? `${first}` : `${first}-${first + each - 1}`));
  if (ranges.length > MAX_NAMED) texts.push(`and ${ranges.length - MAX_NAMED} more ranges`);
  return `${count} ${count === 1 ? 'sector' : 'sectors'} (${texts.join(', ')})`;
}
