import type { SectorRange } from '../../../src/engine/errors';
import type {
  Doubt,
  FilePart,
  FileRecord,
  FileSystem,
  Structure,
} from '../../../src/engine/volume/volumeContracts';

/** All that a file system says of itself. */
export interface Said {
  readonly files: ReadonlyMap<number, FileRecord>;
  readonly paths: ReadonlyMap<number, readonly string[]>;
  readonly doubts: readonly Doubt[];
  readonly usage: readonly { readonly range: SectorRange; readonly usage: 'used' | 'free' | 'unknown' }[];
  readonly structures: readonly Structure[];
}

/** Asks for everything. */
export async function allSaid(fileSystem: FileSystem): Promise<Said> {
  const files = new Map<number, FileRecord>();
  const paths = new Map<number, string[]>();
  const doubts: Doubt[] = [];
  for await (const record of fileSystem.files({ onDoubt: (doubt) => doubts.push(doubt) })) {
    const before = files.get(record.id);
    files.set(record.id, before ? { ...before, parts: [...before.parts, ...record.parts] } : record);
    doubts.push(...record.doubts);
  }
  for (const id of files.keys()) paths.set(id, await fileSystem.pathsOf(id));
  return {
    files,
    paths,
    doubts,
    usage: await listOf(fileSystem.usage()),
    structures: await listOf(fileSystem.structures()),
  };
}

async function listOf<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

/**
 * What is said of a damaged volume and not true: an answer may say less than the truth, never something else. `said` says
 * less only where it has a doubt.
 */
export function contradictions(truth: Said, said: Said): string[] {
  return [...wrongFiles(truth, said), ...wrongUsage(truth.usage, said.usage), ...wrongStructures(truth, said)];
}

function wrongFiles(truth: Said, said: Said): string[] {
  const wrong: string[] = [];
  for (const [id, file] of said.files) {
    const known = truth.files.get(id);
    if (!known) wrong.push(`there is no file ${id}`);
    else wrong.push(...wrongFile(known, file), ...wrongPaths(truth.paths.get(id)!, said.paths.get(id)!));
  }
  if (said.doubts.length > 0) return wrong;
  for (const [id, { parts }] of truth.files) {
    const found = said.files.get(id)?.parts ?? [];
    if (sectorsOf(found) !== sectorsOf(parts)) wrong.push(`file ${id} lacks parts, and nothing is in doubt`);
  }
  return wrong;
}

function wrongFile(truth: FileRecord, said: FileRecord): string[] {
  const id = `file ${said.id}`;
  const wrong: string[] = [];
  if (said.kind !== truth.kind || said.what !== truth.what) wrong.push(`${id} is not ${said.kind} ${said.what}`);
  if (said.size !== null && said.size !== truth.size) wrong.push(`${id} has ${truth.size}, not ${said.size} bytes`);
  for (const part of said.parts)
    if (!truth.parts.some((known) => holds(known, part))) wrong.push(`${id} has no ${JSON.stringify(part)}`);
  return wrong;
}

/** True when a part is one of the truth, or a piece of one, or says less of it. */
function holds(known: FilePart, part: FilePart): boolean {
  const from = part.sector - known.sector;
  if (from < 0 || from + part.sectorCount > known.sectorCount) return false;
  if (known.what !== part.what || known.stream?.name !== part.stream?.name) return false;
  if (part.stream && part.stream.size !== null && part.stream.size !== known.stream!.size) return false;
  if (part.role === 'packed') return known.role === 'packed' || known.role === 'data';
  const isSame = part.role === known.role || (part.role === 'data' && known.role === 'unwritten');
  return isSame && (part.role === 'meta' || part.fileSector === known.fileSector + from);
}

function wrongPaths(truth: readonly string[], said: readonly string[]): string[] {
  return said
    .filter((path) => !truth.includes(path) && !path.includes('('))
    .map((path) => `${path} is not one of ${truth.join(', ')}`);
}

function sectorsOf(parts: readonly FilePart[]): number {
  return parts.reduce((sum, { sectorCount }) => sum + sectorCount, 0);
}

/** Both are ascending and without gaps. */
function wrongUsage(truth: Said['usage'], said: Said['usage']): string[] {
  const wrong: string[] = [];
  let end = 0;
  let at = 0;
  for (const { range, usage } of said) {
    if (range[0] !== end) wrong.push(`the usage has a gap before ${range[0]}`);
    end = range[0] + range[1];
    for (; at < truth.length && truth[at]!.range[0] < end; at++) {
      const known = truth[at]!;
      const isInside = known.range[0] + known.range[1] > range[0];
      if (isInside && usage !== 'unknown' && usage !== known.usage)
        wrong.push(`${range} is not ${usage}: ${known.range} is ${known.usage}`);
      if (known.range[0] + known.range[1] > end) break;
    }
  }
  const last = truth.at(-1)!.range;
  if (end !== last[0] + last[1]) wrong.push(`the usage ends at ${end}`);
  return wrong;
}

function wrongStructures(truth: Said, said: Said): string[] {
  return said.structures
    .filter(({ what, range: [first, count] }) =>
      truth.structures.every(
        (known) => known.what !== what || first < known.range[0] || first + count > known.range[0] + known.range[1],
      ),
    )
    .map(({ what, range }) => `${what} is not at ${range}`);
}
