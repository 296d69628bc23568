import {
  addClaim,
  byFile,
  type Claim,
  claimOf,
  DoubtList,
  MAX_CLAIMS,
  type PartLabel,
  partLabelOf,
} from './claim';
import {
  CHUNK_CLAIMS,
  CLAIM_BYTES,
  ClaimChunk,
  type ClaimRun,
  MAX_LABELS,
  MAX_RUN_SECTORS,
} from './claimChunk';
import { FileTable } from './fileTable';
import type { FilePart, FileRecord, FileSystem, WalkOptions } from './volumeContracts';

/** What an index may take: a million files of two runs each fit. With what a file system keeps it stays below 100 MB. */
const DEFAULT_LIMIT_BYTES = 70.7e6;
const LABEL_BYTES = 200;

/**
 * All claims of a file system's files in memory: which files say that a sector is theirs is found in microseconds. Runs are
 * kept in columns, and names are not: `FileSystem.pathsOf` has them.
 */
export class ClaimIndex {
  readonly doubts = new DoubtList();
  readonly #files = new FileTable();
  readonly #chunks: ClaimChunk[] = [];
  readonly #labels: PartLabel[] = [];
  readonly #labelNumbers = new Map<string, number>();

  /**
   * Walks all files.
   * @returns null when the index would take more than the limit: then each question needs a walk of its own
   */
  static async build(
    fileSystem: FileSystem,
    { limitBytes = DEFAULT_LIMIT_BYTES, ...options }: WalkOptions & { limitBytes?: number } = {},
  ): Promise<ClaimIndex | null> {
    const index = new ClaimIndex();
    for await (const record of fileSystem.files({
      ...options,
      onDoubt: (doubt) => index.doubts.add(doubt),
    })) {
      index.#add(record);
      if (!index.#isRight || index.byteLength > limitBytes) return null;
    }
    index.#chunks.at(-1)?.sort();
    return index;
  }

  /** What the index takes, in bytes. */
  get byteLength(): number {
    const claims = this.#chunks.length * CHUNK_CLAIMS * CLAIM_BYTES;
    return claims + this.#files.byteLength + this.#labels.length * LABEL_BYTES;
  }

  /** False once a number of it would mean two things. */
  get #isRight(): boolean {
    return this.#files.isRight && this.#labels.length <= MAX_LABELS;
  }

  /** The claims on a sector, at most {@link MAX_CLAIMS}. */
  claimsOn(sector: number): Claim[] {
    const claims: Claim[] = [];
    for (const chunk of this.#chunks) {
      chunk.visit(sector, (file, label, fileSector) => {
        addClaim(claims, claimOf(this.#files.at(file), this.#labels[label]!, fileSector));
        return claims.length < MAX_CLAIMS;
      });
    }
    return claims.sort(byFile);
  }

  #add(record: FileRecord): void {
    for (const doubt of record.doubts) this.doubts.add(doubt);
    if (record.parts.length === 0) return;
    const file = this.#files.add(record);
    for (const part of record.parts) {
      const label = this.#labelOf(part);
      for (const run of shortRuns(part)) this.#chunk().add(run, file, label);
    }
  }

  /** The chunk that has room for one more run. */
  #chunk(): ClaimChunk {
    const last = this.#chunks.at(-1);
    if (last && !last.isFull) return last;
    last?.sort();
    const chunk = new ClaimChunk();
    this.#chunks.push(chunk);
    return chunk;
  }

  #labelOf(part: FilePart): number {
    const { role, what, stream } = part;
    const key = stream || what ? JSON.stringify([role, what, stream?.name, stream?.size]) : role;
    const known = this.#labelNumbers.get(key);
    if (known !== undefined) return known;
    const label = this.#labels.push(partLabelOf(part)) - 1;
    this.#labelNumbers.set(key, label);
    return label;
  }
}

/** A part in runs that a chunk takes: nearly always the part itself. */
function shortRuns(part: FilePart): readonly ClaimRun[] {
  if (part.sectorCount <= MAX_RUN_SECTORS) return [part];
  const runs: ClaimRun[] = [];
  for (let at = 0; at < part.sectorCount; at += MAX_RUN_SECTORS) {
    const sectorCount = Math.min(MAX_RUN_SECTORS, part.sectorCount - at);
    const fileSector = part.role === 'packed' ? part.fileSector : part.fileSector + at;
    runs.push({ sector: part.sector + at, sectorCount, fileSector });
  }
  return runs;
}
