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

/** The spares of a device, in its pool's order; null where one is missing, never all of them. */
type Members = readonly (Candidate | null)[];

/**
 * Finds the devices that a set of images holds, from the images alone: a spare's metadata name their main by size and by
 * a fingerprint of its contents, and the other spares of its pool. Nothing is written.
 * Problems: `ENOENT` when no main fits, naming its size; `EINVAL` when several do, or when spares of several devices fit one
 * main, naming them: blank mains look alike, and a foreign spare would serve another disk's sectors.
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
  const problems: ReassemblyProblem[] = [];
  const claims = new Map<Candidate, Members[]>();
  for (const members of groupPools(spares)) {
    const spare = firstOf(members);
    try {
      const main = await findMain(spare, mains);
      claims.set(main, [...(claims.get(main) ?? []), members]);
    } catch (error) {
      if (!(error instanceof RemapError)) throw error;
      problems.push({ spare: spare.path, error });
    }
  }
  const found: FoundDevice[] = [];
  for (const [main, [members, ...others]] of claims) {
    if (others.length === 0) found.push(deviceOf(main, members!));
    else problems.push(...contested(main, [members!, ...others].map(firstOf)));
  }
  return { found, problems };
}

function deviceOf({ path }: Candidate, members: Members): FoundDevice {
  const spares = members.map((member) => member?.path ?? null);
  return { name: basename(path, extname(path)), main: path, spares };
}

/** Why none of several spares that fit one main is taken. */
function contested(main: Candidate, spares: readonly Candidate[]): ReassemblyProblem[] {
  return spares.map(({ path }) => {
    const others = spares.filter((spare) => spare.path !== path).map((spare) => spare.path);
    const text = `${path} fits ${main.path}, and so does ${others.join(' and ')}: move the wrong one away, or assemble the right one by hand`;
    return { spare: path, error: new RemapError('EINVAL', text, { path, main: main.path, spares: others }) };
  });
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
function groupPools(spares: readonly Candidate[]): Members[] {
  const pools = new Map<string, (Candidate | null)[]>();
  for (const spare of spares) {
    const identity = decodePoolIdentity(spare.inspection.pool);
    const key = identity?.id ?? spare.path;
    const members = pools.get(key) ?? new Array<Candidate | null>(identity?.count ?? 1).fill(null);
    members[identity?.index ?? 0] = spare;
    pools.set(key, members);
  }
  return [...pools.values()];
}

function firstOf(members: Members): Candidate {
  return members.find((member) => member !== null)!;
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
