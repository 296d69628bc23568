import { SECTOR_SIZE } from '../../block/blockDevice';
import type { FilePart } from '../volumeContracts';
import { TYPE, typeName } from './attribute';
import type { AttributeStream } from './attributeStream';
import type { Geometry } from './bootSector';
import type { Run } from './runList';

/** The name of the index that makes a file a folder. */
export const FOLDER_INDEX = '$I30';

/** True for what is a file's main data, or a folder's. */
export function isMain(stream: AttributeStream, isDirectory: boolean): boolean {
  return isDirectory
    ? stream.type === TYPE.indexAllocation && stream.name === FOLDER_INDEX
    : stream.type === TYPE.data && stream.name === '';
}

/** The sectors of the volume that an attribute has, and what each run of them is for. */
export function* partsOf(
  stream: AttributeStream,
  isDirectory: boolean,
  geometry: Geometry,
): Generator<FilePart> {
  const { clusterSectors } = geometry;
  const named = isMain(stream, isDirectory) ? {} : nameOf(stream);
  const isContent = stream.type === TYPE.data || isMain(stream, isDirectory);
  const part = (role: FilePart['role'], { vcn, lcn, clusterCount }: Run): FilePart => ({
    role,
    sector: lcn * clusterSectors,
    sectorCount: clusterCount * clusterSectors,
    fileSector: role === 'meta' ? 0 : vcn * clusterSectors,
    ...named,
  });
  if (isContent && stream.unitClusters > 0) {
    yield* packedParts(stream, part);
    return;
  }
  const written = initialisedSectors(stream);
  for (const run of stream.runs) {
    if (isContent) yield* splitAt(part('data', run), written);
    else yield { ...part('meta', run), what: typeName(stream.type) };
  }
}

function nameOf({ name, sizes }: AttributeStream): Pick<FilePart, 'stream'> {
  return name === '' ? {} : { stream: { name, size: sizes?.size ?? null } };
}

/** The sectors that were written, in whole or part; the others up to the size read as zeros. */
function initialisedSectors({ sizes }: AttributeStream): number {
  if (!sizes || sizes.initialised >= sizes.size) return Number.POSITIVE_INFINITY;
  return Math.ceil(sizes.initialised / SECTOR_SIZE);
}

function splitAt(part: FilePart, written: number): FilePart[] {
  const head = Math.min(Math.max(written - part.fileSector, 0), part.sectorCount);
  if (head === part.sectorCount) return [part];
  const tail: FilePart = {
    ...part,
    role: 'unwritten',
    sector: part.sector + head,
    sectorCount: part.sectorCount - head,
    fileSector: part.fileSector + head,
  };
  return head === 0 ? [tail] : [{ ...part, sectorCount: head }, tail];
}

/**
 * Parts of a compressed attribute: a unit that has all its clusters is stored plainly, one that lacks some is packed. Where
 * some of a unit is not known it counts as packed, which promises less.
 */
function* packedParts(
  { runs, unitClusters }: AttributeStream,
  part: (role: FilePart['role'], run: Run) => FilePart,
): Generator<FilePart> {
  let unit: Run[] = [];
  const endUnit = (): FilePart[] => {
    const clusters = unit.reduce((sum, { clusterCount }) => sum + clusterCount, 0);
    const role = clusters === unitClusters ? 'data' : 'packed';
    const parts = unit.map((run) => part(role, run));
    unit = [];
    return parts;
  };
  for (const run of runs) {
    for (const piece of byUnits(run, unitClusters)) {
      if (unit[0] && unitOf(unit[0], unitClusters) !== unitOf(piece, unitClusters)) yield* endUnit();
      if (piece.clusterCount >= unitClusters) yield part('data', piece);
      else unit.push(piece);
    }
  }
  yield* endUnit();
}

function unitOf({ vcn }: Run, unitClusters: number): number {
  return Math.floor(vcn / unitClusters);
}

/** A run as what it has of its first unit, all its whole units, and what it has of its last. */
function byUnits({ vcn, lcn, clusterCount }: Run, unitClusters: number): Run[] {
  const end = vcn + clusterCount;
  const firstWhole = Math.min(end, Math.ceil(vcn / unitClusters) * unitClusters);
  const lastWhole = Math.max(firstWhole, Math.floor(end / unitClusters) * unitClusters);
  return [[vcn, firstWhole] as const, [firstWhole, lastWhole] as const, [lastWhole, end] as const].flatMap(
    ([from, to]) => (to > from ? [{ vcn: from, lcn: lcn + from - vcn, clusterCount: to - from }] : []),
  );
}
