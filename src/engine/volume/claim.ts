import { SECTOR_SIZE } from '../block/blockDevice';
import type { Doubt, FilePart, FileRecord } from './volumeContracts';

/** What the parts of one kind have in common. */
export type PartLabel = Pick<FilePart, 'role' | 'what' | 'stream'>;

/** What is kept of a file besides its parts. */
export type FileLabel = Pick<FileRecord, 'id' | 'kind' | 'what' | 'size'>;

/** A file's map says that a sector is its own. */
export interface Claim {
  readonly file: FileLabel;
  readonly part: PartLabel;
  /** The place of the sector within the file or stream, in bytes. */
  readonly fileOffset: number;
}

/** More files than can rightly claim one sector: of a damaged volume the first are told. */
export const MAX_CLAIMS = 16;

/** What of a record is kept. */
export function fileLabelOf({ id, kind, what, size }: FileRecord): FileLabel {
  return { id, kind, size, ...(what && { what }) };
}

/** What of a part is kept besides its place. */
export function partLabelOf({ role, what, stream }: FilePart): PartLabel {
  return { role, ...(what && { what }), ...(stream && { stream }) };
}

export function claimOf(file: FileLabel, part: PartLabel, fileSector: number): Claim {
  return { file, part, fileOffset: fileSector * SECTOR_SIZE };
}

/** Adds a claim, unless the same file claims the sector in the same way already. */
export function addClaim(claims: Claim[], claim: Claim): void {
  if (claims.length >= MAX_CLAIMS) return;
  const isKnown = claims.some(
    ({ file, part, fileOffset }) =>
      file.id === claim.file.id &&
      part.role === claim.part.role &&
      part.stream?.name === claim.part.stream?.name &&
      (part.role === 'packed' || fileOffset === claim.fileOffset),
  );
  if (!isKnown) claims.push(claim);
}

/** Claims of one sector always come in the same order, which doesn't depend on the order of the files. */
export function byFile(one: Claim, other: Claim): number {
  return one.file.id - other.file.id || one.fileOffset - other.fileOffset;
}

/** How many doubts of a walk are kept: enough to say why, however damaged a volume is. */
const MAX_DOUBTS = 100;

/** The doubts that a walk met, of which the first are kept. */
export class DoubtList {
  readonly kept: Doubt[] = [];
  count = 0;

  add(doubt: Doubt): void {
    this.count += 1;
    if (this.kept.length < MAX_DOUBTS) this.kept.push(doubt);
  }
}
