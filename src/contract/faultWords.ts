import {
  describeStatusOf,
  type FlakeyConfig,
  type Injection,
  type MediumFault,
  parseFlakeyTable,
  type UnreadableRun,
} from '../engine';
import { countUnreadable, plural, type UnreadableCounts } from './wording';

/** What a flakey layer does, in words: "fails reads, 2 s of every 7 s". */
export function describeFlakey(table: string): string {
  const config = parseFlakeyTable(table);
  const { upSeconds, downSeconds } = config;
  const what = deedsOf(config).join(', ');
  return upSeconds === 0 ? what : `${what}, ${downSeconds} s of every ${upSeconds + downSeconds} s`;
}

/** The faults of a device's images: "2 bad sectors, main fails reads", "no faults". */
export function describeFaults({
  flakey,
  ...counts
}: UnreadableCounts & { readonly flakey: string | null }): string {
  const faults = [...countUnreadable(counts), ...(flakey === null ? [] : [`main ${describeFlakey(flakey)}`])];
  return faults.join(', ') || 'no faults';
}

/** What to tell of a file from which faults were injected, beside how many; null: nothing. */
export function describeInjectedFile(
  name: string,
  fileName: string,
  { sectors, flakey, hints }: Injection,
): string | null {
  const layer = flakey === null ? '' : ` Its main ${describeFlakey(flakey)} now.`;
  const sentences = [
    ...(sectors === 0 ? [`${fileName} names no bad sector: none was injected into ${name}.${layer}`] : []),
    ...(hints.length > 0 ? [`Of the dm-flakey table in ${fileName}: ${hints.join(' ')}`] : []),
  ];
  return sentences.join(' ') || null;
}

function deedsOf(config: FlakeyConfig): string[] {
  const { errorReads, errorWrites, dropWrites, corruptByte, randomReadCorrupt, randomWriteCorrupt } = config;
  const failing = [...(errorReads ? ['reads'] : []), ...(errorWrites ? ['writes'] : [])];
  const corrupted = [
    ...(randomReadCorrupt > 0 || corruptByte?.direction === 'r' ? ['reads'] : []),
    ...(randomWriteCorrupt > 0 || corruptByte?.direction === 'w' ? ['writes'] : []),
  ];
  return [
    ...(failing.length > 0 ? [`fails ${failing.join(' and ')}`] : []),
    ...(dropWrites ? ['loses writes'] : []),
    ...(corrupted.length > 0 ? [`corrupts ${corrupted.join(' and ')}`] : []),
  ];
}

/** "8 bad sectors", "1 sector not rescued". */
export function countRun({ kind, count }: UnreadableRun): string {
  return kind === 'bad' ? plural(count, 'bad sector') : `${plural(count, 'sector')} not rescued`;
}

/** Where it is known from that a run can't be read: "injected here", "found by disk.img.map". */
export function sourceOf({ isInjected, found }: UnreadableRun, mapName: string): string {
  if (!isInjected) return `found by ${mapName}`;
  if (found === '+') return 'injected here';
  return `injected here, over what ${mapName} found: ${found === '-' ? 'bad' : describeStatusOf(found)}`;
}

/** What fails in a run, and until when. */
export function describeFailing({ found, fault }: UnreadableRun): string {
  if (fault) return describeFault(fault);
  const why = found === '+' || found === '-' ? '' : `${describeStatusOf(found)}. `;
  return `${why}Reads fail until it is written: the image doesn't hold what the disk had there`;
}

function describeFault(fault: MediumFault): string {
  if (fault.mode === 'dust') {
    return fault.writeFailures === undefined
      ? 'Reads fail until it is written (as dm-dust has it)'
      : `Reads fail, and so do the next ${plural(fault.writeFailures, 'write')}; the one after heals it (as dm-dust has it)`;
  }
  const { readFailures } = fault;
  return readFailures === undefined
    ? 'Reads and writes fail until it is cleared'
    : `Writes fail, and ${readFailures} of each ${readFailures + 1} reads`;
}
