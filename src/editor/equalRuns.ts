import { createHash } from 'node:crypto';
import { type EqualRun, type Origin, SECTOR_SIZE, type SectorBytes } from '../shared/protocol';

/** Fewer equal sectors are no run, unless it may go on beyond the sectors that were read. */
const LEAST_SECTORS = 4;

/** Sectors of other origins are never hidden: there is something to say about them. */
const PLAIN: readonly Origin['kind'][] = ['plain', 'main', 'free'];

/**
 * The runs of equal sectors among those that were read, without sectors that can't be read, have unsaved edits, or come from
 * elsewhere. A run that touches either end is given whatever its length, so that it can be joined with the one beyond.
 */
export function equalRunsOf({ firstSector, bytes, unreadable, origins, unsaved }: SectorBytes): EqualRun[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sectorCount = Math.floor(buffer.length / SECTOR_SIZE);
  const isSpecial = new Uint8Array(sectorCount);
  const mark = (first: number, count: number) =>
    isSpecial.fill(1, Math.max(0, first - firstSector), Math.max(0, first - firstSector + count));
  for (const run of unreadable) mark(run.first, run.count);
  for (const run of origins) if (!PLAIN.includes(run.origin.kind)) mark(run.first, run.count);
  for (const [byteOffset, count] of unsaved) {
    const first = Math.floor(byteOffset / SECTOR_SIZE);
    mark(first, Math.ceil((byteOffset + count) / SECTOR_SIZE) - first);
  }
  const runs: EqualRun[] = [];
  for (let at = 0; at < sectorCount; ) {
    let end = at + 1;
    if (isSpecial[at]) {
      at = end;
      continue;
    }
    while (end < sectorCount && !isSpecial[end] && isSame(buffer, at, end)) end++;
    if (end - at >= LEAST_SECTORS || at === 0 || end === sectorCount)
      runs.push({ first: firstSector + at, count: end - at, content: contentOf(buffer, at) });
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
