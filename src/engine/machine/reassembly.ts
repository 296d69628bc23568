import { basename, extname } from 'node:path';
import { type Clock, systemClock } from '../block/blockDevice';
import { openImage } from '../block/image';
import { MainIdentity } from '../device/mainIdentity';
import { RemapError } from '../errors';
import type { MetadataInspection } from '../metadata/inspect';
import { inspectMetadata } from '../metadata/inspect';
import { decodePoolIdentity } from '../remap/poolIdentity';

/** Images that make up a device, found by what they hold. */
interface FoundDevice {
  /** The main image's name without its ending. */
  readonly name: string;
  readonly main: string;
  /** In the pool's order; null where one is missing. */
  readonly spares: readonly (string | null)[];
}

/** A spare whose device can't be put together, and why. */
export interface ReassemblyProblem {
  readonly spare: string;
  readonly error: RemapError;
}

/** What a search of images found. */
export interface Reassembly {
  readonly found: FoundDevice[];
  readonly problems: ReassemblyProblem[];
}

/** A main whose clients wrote to its first sector what a container begins with is one all the same: its spare names it. */
const LOOKING = { readOnly: true, lock: false, anyFormat: true };

interface Candidate {
  readonly path: string;
  readonly sectorCount: number;
  readonly inspection: MetadataInspection;
}

/**
 * Finds the devices that a set of images holds, from the images alone: a spare's metadata name their main by size and by
 * a fingerprint of its contents, and the other spares of its pool. Nothing is written.
 * Problems: `ENOENT` when no main fits, naming its size; `EINVAL` when several do, naming them.
 */
export async function findDevices(
  imagePaths: readonly string[],
  clock: Clock = systemClock,
): Promise<Reassembly> {
  const candidates: Candidate[] = [];
  for (const path of imagePaths) {
    const candidate = await inspectCandidate(path, clock);
    if (candidate) candidates.push(candidate);
  }
  const spares = candidates.filter(({ inspection }) => inspection.winner !== null);
  const mains = candidates.filter(
    ({ inspection }) => inspection.winner === null && inspection.kind !== 'script',
  );
  const result: Reassembly = { found: [], problems: [] };
  for (const pool of groupPools(spares)) {
    const [first] = pool.members.filter((member) => member !== null);
    try {
      const main = await findMain(first!, mains);
      const name = basename(main.path, extname(main.path));
      result.found.push({
        name,
        main: main.path,
        spares: pool.members.map((member) => member?.path ?? null),
      });
    } catch (error) {
      if (!(error instanceof RemapError)) throw error;
      result.problems.push({ spare: first!.path, error });
    }
  }
  return result;
}

/** Null for a file that is no usable image: too small, gone, or unreadable. */
async function inspectCandidate(path: string, clock: Clock): Promise<Candidate | null> {
  try {
    const image = await openImage(path, LOOKING);
    try {
      return { path, sectorCount: image.sectorCount, inspection: await inspectMetadata(image, clock.now()) };
    } finally {
      await image.close();
    }
  } catch (error) {
    if (error instanceof RemapError) return null;
    throw error;
  }
}

/** Spares of one pool together, in its order; a spare without a pool by itself. */
function groupPools(spares: readonly Candidate[]): { members: (Candidate | null)[] }[] {
  const pools = new Map<string, { members: (Candidate | null)[] }>();
  for (const spare of spares) {
    const identity = decodePoolIdentity(spare.inspection.pool);
    const key = identity?.id ?? spare.path;
    const pool = pools.get(key) ?? { members: new Array<Candidate | null>(identity?.count ?? 1).fill(null) };
    pool.members[identity?.index ?? 0] = spare;
    pools.set(key, pool);
  }
  return [...pools.values()];
}

async function findMain(spare: Candidate, mains: readonly Candidate[]): Promise<Candidate> {
  const sectorCount = spare.inspection.mainSectorCount!;
  const identity = MainIdentity.decode(spare.inspection.mainIdentity ?? new Uint8Array(0));
  const fitting: Candidate[] = [];
  for (const main of mains) {
    if (main.sectorCount === sectorCount && (await fits(identity, main.path))) fitting.push(main);
  }
  if (fitting.length === 1) return fitting[0]!;
  const details = { path: spare.path, mainSectorCount: sectorCount, mains: fitting.map(({ path }) => path) };
  if (fitting.length === 0) {
    const text = `${spare.path} belongs to a main image of ${sectorCount} sectors that isn't here`;
    throw new RemapError('ENOENT', text, details);
  }
  const names = fitting.map(({ path }) => path).join(' and ');
  const text = `${spare.path} belongs to a main image of ${sectorCount} sectors, and ${names} both fit: move one away, or assemble the right one by hand`;
  throw new RemapError('EINVAL', text, details);
}

async function fits(identity: MainIdentity, path: string): Promise<boolean> {
  const image = await openImage(path, LOOKING);
  try {
    return (await identity.match(image)).fits;
  } finally {
    await image.close();
  }
}
