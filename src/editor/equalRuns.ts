import { createHash } from 'node:crypto';
import {
  type ComparedBytes,
  EQUAL_ON_BOTH_SIDES,
  type EqualRun,
  PLAIN_KINDS,
  SECTOR_SIZE,
  type SectorBytes,
} from '../shared/protocol';

/** Fewer equal sectors are no run, unless it may go on beyond the sectors that were read. */
const LEAST_SECTORS = 4;

/**
 * The runs of equal sectors among those that were read, without sectors that can't be read, have unsaved edits, or come from
 * elsewhere. A run that touches either end is given also if it is short, so that it can be joined with the one beyond.
 */
export function equalRunsOf(read: SectorBytes): EqualRun[] {
  const { bytes } = read;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return runsOf(
    read.firstSector,
    specialSectors(read),
    (sector, other) => isSame(buffer, sector, other),
    (sector) => contentOf(buffer, sector),
  );
}

/**
 * The runs of sectors that are equal on both sides of a comparison, without those of which {@link equalRunsOf} has none, and
 * without those that one side has alone or that can't be told to be equal.
 * @param first the first sector that is compared; those before it, and from `end` on, are in no run
 */
export function runsEqualOnBothSides(
  read: SectorBytes,
  compared: ComparedBytes,
  first: number,
  end: number,
): EqualRun[] {
  const { firstSector } = read;
  const isSpecial = specialSectors(read);
  isSpecial.fill(1, 0, Math.max(0, first - firstSector));
  isSpecial.fill(1, Math.max(0, end - firstSector));
  for (const [first, count] of [...compared.unknown, ...compared.alone])
    isSpecial.fill(1, first - firstSector, first - firstSector + count);
  const { differing } = compared;
  for (let at = differing.indexOf(1); at >= 0; ) {
    const sector = Math.floor(at / SECTOR_SIZE);
    isSpecial[sector] = 1;
    at = differing.indexOf(1, (sector + 1) * SECTOR_SIZE);
  }
  const always = () => true;
  return runsOf(firstSector, isSpecial, always, () => EQUAL_ON_BOTH_SIDES);
}

/** Marks the whole sectors that are never hidden. */
function specialSectors({ firstSector, bytes, unreadable, origins, unsaved }: SectorBytes): Uint8Array {
  const isSpecial = new Uint8Array(Math.floor(bytes.length / SECTOR_SIZE));
  const mark = (first: number, count: number) =>
    isSpecial.fill(1, Math.max(0, first - firstSector), Math.max(0, first - firstSector + count));
  for (const run of unreadable) mark(run.first, run.count);
  for (const run of origins) if (!PLAIN_KINDS.includes(run.origin.kind)) mark(run.first, run.count);
  for (const [byteOffset, count] of unsaved) {
    const first = Math.floor(byteOffset / SECTOR_SIZE);
    mark(first, Math.ceil((byteOffset + count) / SECTOR_SIZE) - first);
  }
  return isSpecial;
}

/** The runs of sectors that go together, without the special ones; sectors are counted from the first that was read. */
function runsOf(
  firstSector: number,
  isSpecial: Uint8Array,
  goTogether: (sector: number, next: number) => boolean,
  contentAt: (sector: number) => string,
): EqualRun[] {
  const sectorCount = isSpecial.length;
  const runs: EqualRun[] = [];
  for (let at = 0; at < sectorCount; ) {
    let end = at + 1;
    if (isSpecial[at]) {
      at = end;
      continue;
    }
    while (end < sectorCount && !isSpecial[end] && goTogether(at, end)) end++;
    if (end - at >= LEAST_SECTORS || at === 0 || end === sectorCount)
      runs.push({ first: firstSector + at, count: end - at, content: contentAt(at) });
    at = end;
  }
  return runs;
}

function isSame(buffer: Buffer, sector: number, other: number): boolean {
  const [start, otherStart] = [sector * SECTOR_SIZE, other * SECTOR_SIZE];
  return buffer.compare(buffer, otherStart, otherStart + SECTOR_SIZE, start, start + SECTOR_SIZE) === 0;
}

/** Two digits where all bytes are equal, else a longer name of the bytes. */
function contentOf(buffer: Buffer, sector: number): string {
  const bytes = buffer.subarray(sector * SECTOR_SIZE, (sector + 1) * SECTOR_SIZE);
  const isFill = bytes.compare(bytes, 1, SECTOR_SIZE, 0, SECTOR_SIZE - 1) === 0;
  return isFill ? bytes.toString('hex', 0, 1) : createHash('sha256').update(bytes).digest('base64');
}
