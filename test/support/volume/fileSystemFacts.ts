import type {
  Doubt,
  FilePart,
  FileRecord,
  FileSystem,
  Structure,
} from '../../../src/engine/volume/volumeContracts';

type UsageRun = { range: readonly [number, number]; usage: 'used' | 'free' | 'unknown' };

/** All that a file system tells, gathered for comparing. */
export interface FileSystemFacts {
  readonly fileSystem: FileSystem;
  readonly records: ReadonlyMap<number, FileRecord>;
  readonly doubts: readonly Doubt[];
  readonly structures: readonly Structure[];
  readonly usage: readonly UsageRun[];
  readonly paths: ReadonlyMap<number, readonly string[]>;
}

/** Asks a file system for all that it tells. */
export async function factsOf(fileSystem: FileSystem): Promise<FileSystemFacts> {
  const doubts: Doubt[] = [];
  const records = new Map<number, FileRecord>();
  for await (const record of fileSystem.files({ onDoubt: (doubt) => doubts.push(doubt) }))
    records.set(record.id, joined(records.get(record.id), record));
  for (const { doubts: own } of records.values()) doubts.push(...own);
  const structures: Structure[] = [];
  for await (const structure of fileSystem.structures()) structures.push(structure);
  const usage: UsageRun[] = [];
  for await (const run of fileSystem.usage()) usage.push(run);
  const paths = new Map<number, readonly string[]>();
  for (const id of records.keys()) paths.set(id, await fileSystem.pathsOf(id));
  return { fileSystem, records, doubts, structures, usage, paths };
}

/** A record may come in pieces. */
function joined(before: FileRecord | undefined, piece: FileRecord): FileRecord {
  return before ? { ...before, parts: [...before.parts, ...piece.parts] } : piece;
}

/**
 * What facts about a damaged image say that those about the whole one deny: all that is told must be right. What is left
 * out must be excused by a doubt.
 */
export function contradictions(whole: FileSystemFacts, damaged: FileSystemFacts): string[] {
  const wrong: string[] = [];
  const isExcused = damaged.doubts.length > 0;
  for (const record of damaged.records.values()) wrong.push(...wrongInRecord(whole, record, isExcused));
  if (!isExcused)
    for (const id of whole.records.keys())
      if (!damaged.records.has(id)) wrong.push(`${id} is missing, and nothing is said to be unreadable`);
  const known = new Set(whole.structures.map(structureKey));
  for (const structure of damaged.structures)
    if (!known.has(structureKey(structure))) wrong.push(`no such structure: ${structureKey(structure)}`);
  wrong.push(...wrongUsage(whole.usage, damaged.usage), ...wrongPaths(whole.paths, damaged.paths));
  return wrong;
}

function wrongInRecord(whole: FileSystemFacts, record: FileRecord, isExcused: boolean): string[] {
  const right = whole.records.get(record.id);
  if (!right) return [`${record.id} is not in use`];
  const wrong: string[] = [];
  if (right.kind !== record.kind || right.what !== record.what) wrong.push(`${record.id} is of another kind`);
  if (record.size !== null && right.size !== record.size) wrong.push(`${record.id} has another size`);
  for (const part of record.parts)
    if (!holdsPart(right, part)) wrong.push(`${record.id} doesn't own ${JSON.stringify(part)}`);
  if (!isExcused && sectorsOf(record) !== sectorsOf(right)) wrong.push(`${record.id} owns more`);
  return wrong;
}

const ordered = new WeakMap<FileRecord, FilePart[]>();

function holdsPart(record: FileRecord, part: FilePart): boolean {
  let parts = ordered.get(record);
  if (!parts) {
    parts = [...record.parts].sort((a, b) => a.sector - b.sector);
    ordered.set(record, parts);
  }
  let low = 0;
  for (let high = parts.length; low < high; ) {
    const middle = (low + high) >>> 1;
    if (parts[middle]!.sector > part.sector) high = middle;
    else low = middle + 1;
  }
  const other = parts[low - 1];
  return (other !== undefined && isOf(part, other)) || parts.some((each) => isOf(part, each));
}

/** True when a part is in another, or says less of the same: which of its bytes were written, or where in it they are. */
function isOf(part: FilePart, other: FilePart): boolean {
  const from = part.sector - other.sector;
  if (from < 0 || from + part.sectorCount > other.sectorCount) return false;
  if (other.what !== part.what || other.stream?.name !== part.stream?.name) return false;
  if (part.role === 'packed') return other.role === 'packed' || other.role === 'data';
  if (part.role !== other.role && !(part.role === 'data' && other.role === 'unwritten')) return false;
  return part.role === 'meta' || part.fileSector === other.fileSector + from;
}

function sectorsOf({ parts }: FileRecord): number {
  return parts.reduce((sum, { sectorCount }) => sum + sectorCount, 0);
}

function structureKey({ what, range, group }: Structure): string {
  return `${what} ${range} ${group ?? ''}`;
}

function wrongUsage(whole: readonly UsageRun[], damaged: readonly UsageRun[]): string[] {
  const wrong: string[] = [];
  let at = 0;
  let next = 0;
  for (const { range, usage } of damaged) {
    if (range[0] !== next) wrong.push(`a gap in the usage at ${next}`);
    next = range[0] + range[1];
    while (whole[at]!.range[0] + whole[at]!.range[1] <= range[0]) at++;
    for (let run = at; run < whole.length && whole[run]!.range[0] < next; run++)
      if (usage !== 'unknown' && whole[run]!.usage !== usage) wrong.push(`${range} is not ${usage}`);
  }
  const [first, count] = whole.at(-1)!.range;
  if (next !== first + count) wrong.push(`the usage ends at ${next}`);
  return wrong;
}

/** Each path must be one of the file's, or say in brackets what of it isn't known. */
function wrongPaths(whole: FileSystemFacts['paths'], damaged: FileSystemFacts['paths']): string[] {
  const wrong: string[] = [];
  for (const [id, paths] of damaged)
    for (const path of paths) {
      const pieces = /\((?:unknown name|orphan inode)/.test(path)
        ? [path.slice(path.lastIndexOf('/') + 1)]
        : [path];
      const right = whole.get(id) ?? [];
      const isRight = pieces.every(
        (piece) => piece.startsWith('(') || right.some((known) => known.endsWith(piece)),
      );
      if (!isRight) wrong.push(`${id} is not called ${path}`);
    }
  return wrong;
}
