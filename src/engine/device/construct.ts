import type { BlockDevice, Clock } from '../block/blockDevice';
import { nodeThreads } from '../block/turnQueue';
import { metadataCorruption, metadataRepaired, remapsNotPersisted } from '../dmsetup/kernelTexts';
import { validatePersistentSpare, validateSizes } from '../dmsetup/sizing';
import { BlockError, RemapError } from '../errors';
import { MetadataStore } from '../metadata/metadataStore';
import { refuseShortSpare } from '../metadata/spareSize';
import type { TargetObserver } from '../remap/observer';
import { protectData, unsafeReason } from '../remap/relocation';
import { RemapTable } from '../remap/remapTable';
import { RemapTarget } from '../remap/remapTarget';
import { FIRST_DATA_SECTOR, SpareAllocator } from '../remap/spareAllocator';
import { type SpareMember, SparePool } from '../remap/sparePool';
import { markStrays } from '../remap/strays';
import { useEntries } from '../remap/usedSectors';
import type { KernelLog } from './kernelLog';
import { type PoolPlan, planPool } from './poolPlan';
import { type LoadedTable, loadTable } from './poolTable';

/** The layers that a target is built over; a spare that is missing is null. */
export interface TargetLayers {
  readonly main: BlockDevice;
  readonly spares: readonly (BlockDevice | null)[];
}

export interface ConstructOptions {
  /** Whether the metadata module is loaded: only then the remap table is read, kept and repaired. */
  readonly persistent: boolean;
  /** Why the layers were opened read-only, which the target then is: nothing is repaired or committed. Absent: for writing. */
  readonly readOnly?: string | undefined;
  /** An image is displaced already (R13): nothing is repaired or committed. */
  readonly isDisplaced?: boolean;
  readonly clock: Clock;
  readonly log: KernelLog;
  readonly observer: TargetObserver;
}

/** A constructed target, and what was found on its spares. */
export interface Construction {
  readonly target: RemapTarget;
  /** The metadata of each spare, in use or not; null for a spare that is missing. */
  readonly stores: readonly (MetadataStore | null)[];
  readonly plan: PoolPlan;
  /** What another program did to a spare of the pool since its last commit, a sentence each. */
  readonly poolReasons: string[];
}

/**
 * The dm-remap constructor: checks sizes, finds the best metadata copy, loads the table and repairs the other copies
 * (R7). Nothing is written before every check has passed (R8).
 * @throws RemapError `ENOSPC` for sizes the kernel refuses, `ENODATA` for a blank spare, `EINVAL` for a foreign one, one
 * of another main, or one that is shorter than its metadata say
 */
export async function constructTarget(
  layers: TargetLayers,
  options: ConstructOptions,
): Promise<Construction> {
  const { persistent, clock, log, observer } = options;
  await checkSizes(layers, options);
  const stores = await Promise.all(
    layers.spares.map((spare, index) => openStore(spare, index, layers, options)),
  );
  const plan = planPool(stores);
  const table = new RemapTable();
  let loaded: LoadedTable = { isChanged: false, reasons: [] };
  if (persistent) {
    loaded = await loadTable(stores, plan, table, log);
    await markStrays(table, { ...layers, stores });
  } else warnOfUnusedEntries(stores, log);
  const members = layers.spares.map((device, index) =>
    newMember(index, device, stores[index] ?? null, persistent),
  );
  const pool = new SparePool(members, plan.stamp);
  useEntries(table, pool);
  protectData({ table, pool });
  const found = persistent ? [...obstaclesTo(stores), unsafeReason({ table, pool })] : [unusedReason(stores)];
  const readOnlyReasons = [openedReason(options.readOnly), ...found].filter((reason) => reason !== null);
  const isWritten = persistent && readOnlyReasons.length === 0 && !options.isDisplaced;
  if (isWritten) await repairStores(stores, log);
  const ticker = nodeThreads;
  const target = new RemapTarget({
    main: layers.main,
    pool,
    table,
    clock,
    ticker,
    observer,
    readOnlyReasons,
  });
  if (loaded.isChanged) target.committer.expectAll();
  if (isWritten) await bringPoolUpToDate(target, plan, loaded);
  return { target, stores, plan, poolReasons: [...loaded.reasons] };
}

/**
 * Lets a target that was constructed without the metadata module use its metadata from now on: the table on the spare comes
 * into use, or the entries made since become durable. The target must be suspended. With layers that were opened
 * read-only the table comes into use, and nothing is written. If it fails, the target goes on without its metadata.
 * @throws RemapError `ENODATA` for a table that can't be read, the error of a commit
 */
export async function adoptMetadata(
  construction: Construction,
  readOnly: string | undefined,
  log: KernelLog,
): Promise<void> {
  const { table, pool, readOnlyReasons } = construction.target;
  const entries = Array.from({ length: table.slotCount }, (_, slot) => table.entryAt(slot));
  const members = [...pool.members];
  try {
    await useMetadata(construction, readOnly, log);
  } catch (error) {
    for (const member of members) pool.replace(member);
    table.rebuild(entries);
    construction.target.readOnlyReasons = readOnlyReasons;
    throw error;
  }
}

async function useMetadata(
  { target, stores, plan, poolReasons }: Construction,
  readOnly: string | undefined,
  log: KernelLog,
): Promise<void> {
  // Entries that were made meanwhile count: the spare had none then, and may have older ones by an earlier attempt.
  const isInUse = target.table.slotCount > 0;
  const loaded = await loadTable(stores, plan, isInUse ? null : target.table, log);
  if (loaded.isChanged) target.committer.expectAll();
  poolReasons.splice(0, poolReasons.length, ...loaded.reasons);
  for (const [index, store] of stores.entries()) {
    const member = target.pool.member(index);
    if (!store) continue;
    store.attach(member.allocator);
    target.pool.replace({ ...member, store });
  }
  useEntries(target.table, target.pool);
  protectData(target);
  const spares = target.pool.members.map(({ device }) => device);
  await markStrays(target.table, { main: target, spares, stores });
  const reasons = [openedReason(readOnly), ...obstaclesTo(stores), unsafeReason(target)];
  target.readOnlyReasons = reasons.filter((reason) => reason !== null);
  if (target.readOnly) return;
  await repairStores(stores, log);
  await target.committer.commitAll();
}

async function openStore(
  spare: BlockDevice | null,
  memberIndex: number,
  { main }: TargetLayers,
  { clock, log, readOnly }: ConstructOptions,
): Promise<MetadataStore | null> {
  if (!spare) return null;
  const store = await MetadataStore.open(spare, {
    mainSectorCount: main.sectorCount,
    clock,
    memberIndex,
    readOnly: readOnly !== undefined,
    onCopyFailure: ({ index, sector }) =>
      log.warning(`Metadata copy ${index} failed at spare sector ${sector}`),
  }).catch((error) => {
    throw ofMember(error, memberIndex);
  });
  const named = store.namedSectorCount ?? spare.sectorCount;
  if (named < spare.sectorCount) log.info(longSpare(`Spare ${memberIndex}`, named, spare.sectorCount));
  return store;
}

/**
 * A single spare must be as large as the kernel asks; each spare of a pool needs room for its metadata and one sector. One
 * that was cut short is refused as that; without writing anything it can be opened however short it is.
 */
async function checkSizes(
  { main, spares }: TargetLayers,
  { clock, readOnly }: ConstructOptions,
): Promise<void> {
  for (const [member, spare] of spares.entries()) {
    if (!spare) continue;
    try {
      if (spares.length === 1) validateSizes(main.sectorCount, spare.sectorCount);
      validatePersistentSpare(spare.sectorCount, FIRST_DATA_SECTOR);
    } catch (error) {
      const shortness = await refuseShortSpare(spare, clock.now()).catch((found) => ofMember(found, member));
      if (!shortness) throw error;
      if (readOnly === undefined) throw shortness;
    }
  }
}

/** An error about what a spare holds, with the index of the spare. */
function ofMember(error: unknown, member: number): unknown {
  if (!(error instanceof RemapError) || error instanceof BlockError) return error;
  return new RemapError(error.code, error.message, { ...error.details, member }, { cause: error });
}

function newMember(
  index: number,
  device: BlockDevice | null,
  store: MetadataStore | null,
  persistent: boolean,
): SpareMember {
  if (!store) return { index, device, store, allocator: new SpareAllocator(0, 0) };
  const allocator = new SpareAllocator(store.nextSpare, store.freeLimit, store.badSpares);
  if (persistent) store.attach(allocator);
  return { index, device, store: persistent ? store : null, allocator };
}

function warnOfUnusedEntries(stores: readonly (MetadataStore | null)[], log: KernelLog): void {
  for (const store of stores)
    if (store && store.entryCount > 0) log.line(remapsNotPersisted(store.entryCount));
}

/** Why a device that is opened read-only takes no writes; null for one that is opened for writing. */
export function openedReason(readOnly: string | undefined): string | null {
  return readOnly === undefined ? null : `opened read-only: ${readOnly}`;
}

function unusedReason(stores: readonly (MetadataStore | null)[]): string | null {
  const count = stores.find((store) => store && store.entryCount > 0)?.entryCount ?? 0;
  if (count === 0) return null;
  return `the spare lists ${count} remaps that are not in use because dm-remap-v4-metadata is not loaded: load it`;
}

/** Why the metadata of spares must not be written (`obstacleTo`). */
export function obstaclesTo(stores: readonly (MetadataStore | null)[]): string[] {
  return stores.map((store) => store?.obstacle ?? null).filter((reason) => reason !== null);
}

async function bringPoolUpToDate(
  { committer }: RemapTarget,
  plan: PoolPlan,
  { isChanged }: LoadedTable,
): Promise<void> {
  if (plan.isStale || isChanged) await committer.commitAll();
  else if (plan.isUnmarked) await committer.commitExtras({});
}

async function repairStores(stores: readonly (MetadataStore | null)[], log: KernelLog): Promise<void> {
  for (const store of stores) {
    if (!store) continue;
    const damaged = store.copies().filter((copy) => !copy.valid);
    if (damaged.length > 0) log.line(metadataCorruption(store.copies().length - damaged.length));
    await store.repair();
    if (damaged.length > 0) log.line(metadataRepaired(damaged.map((copy) => copy.index)));
  }
}

/** Says of a spare that it is longer than its metadata say. */
export function longSpare(name: string, named: number, sectorCount: number): string {
  return `${name} has ${sectorCount} sectors, and its metadata say ${named}: the sectors from ${named} on are used too`;
}
