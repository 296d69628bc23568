import type { BlockDevice, Clock } from '../block/blockDevice';
import {
  metadataCorruption,
  metadataRepaired,
  metadataRestored,
  remapsNotPersisted,
} from '../dmsetup/kernelTexts';
import { validatePersistentSpare, validateSizes } from '../dmsetup/sizing';
import { MetadataStore } from '../metadata/metadataStore';
import type { TargetObserver } from '../remap/observer';
import { RemapTable } from '../remap/remapTable';
import { RemapTarget } from '../remap/remapTarget';
import { FIRST_DATA_SECTOR, SpareAllocator } from '../remap/spareAllocator';
import { type SpareMember, SparePool } from '../remap/sparePool';
import type { KernelLog } from './kernelLog';

/** The layers that a target is built over; a spare that is missing is null. */
export interface TargetLayers {
  readonly main: BlockDevice;
  readonly spares: readonly (BlockDevice | null)[];
}

export interface ConstructOptions {
  /** Whether the metadata module is loaded: only then the remap table is read, kept and repaired. */
  readonly persistent: boolean;
  readonly clock: Clock;
  readonly log: KernelLog;
  readonly observer: TargetObserver;
}

/** A target as constructed, and why it takes no writes, if so. */
export interface Construction {
  readonly target: RemapTarget;
  readonly stores: readonly MetadataStore[];
  readonly readOnlyReason: string | null;
}

/**
 * The dm-remap constructor: checks sizes, finds the best metadata copy, loads the table and repairs the other copies
 * (R7). Nothing is written before every check has passed (R8).
 * @throws RemapError `ENOSPC` for sizes the kernel refuses, `ENODATA` for a blank spare, `EINVAL` for a foreign one or
 * one of another main
 */
export async function constructTarget(
  layers: TargetLayers,
  options: ConstructOptions,
): Promise<Construction> {
  for (const spare of layers.spares) {
    if (!spare) continue;
    validateSizes(layers.main.sectorCount, spare.sectorCount);
    validatePersistentSpare(spare.sectorCount, FIRST_DATA_SECTOR);
  }
  const table = new RemapTable();
  const stores: MetadataStore[] = [];
  const members: SpareMember[] = [];
  for (const [index, spare] of layers.spares.entries()) {
    const member = await openMember(index, spare, layers.main.sectorCount, table, options);
    members.push(member.member);
    if (member.store) stores.push(member.store);
  }
  const readOnlyReason = findReadOnlyReason(stores, options);
  if (options.persistent) table.publishAll();
  if (options.persistent && !readOnlyReason) await repairStores(stores, options.log);
  const target = new RemapTarget({
    main: layers.main,
    pool: new SparePool(members),
    table,
    clock: options.clock,
    observer: options.observer,
    readOnly: readOnlyReason !== null,
  });
  return { target, stores, readOnlyReason };
}

async function openMember(
  index: number,
  device: BlockDevice | null,
  mainSectorCount: number,
  table: RemapTable,
  { persistent, clock, log }: ConstructOptions,
): Promise<{ member: SpareMember; store: MetadataStore | null }> {
  if (!device)
    return { member: { index, device, store: null, allocator: new SpareAllocator(0, 0) }, store: null };
  const store = await MetadataStore.open(device, {
    mainSectorCount,
    clock,
    onCopyFailure: ({ index: copy, sector }) =>
      log.warning(`Metadata copy ${copy} failed at spare sector ${sector}`),
  });
  await store.load((position, entry) => {
    if (persistent) table.stageAt(position, { ...entry, member: index });
  });
  const allocator = new SpareAllocator(store.nextSpare, store.freeLimit, store.badSpares);
  if (persistent) {
    store.attach(allocator);
    log.line(metadataRestored(store.sequence, store.entryCount));
  }
  return { member: { index, device, store: persistent ? store : null, allocator }, store };
}

function findReadOnlyReason(
  stores: readonly MetadataStore[],
  { persistent, log }: ConstructOptions,
): string | null {
  for (const store of stores) {
    if (!persistent && store.entryCount > 0) {
      log.line(remapsNotPersisted(store.entryCount));
      return `the spare lists ${store.entryCount} remaps that are not in use because dm-remap-v4-metadata is not loaded; load it to use them`;
    }
    if (persistent && store.unsafeEntries > 0) {
      return `${store.unsafeEntries} remaps lie inside the metadata area of the spare (sectors 0 to 1279), written by a kernel with a known bug; relocate them to write again`;
    }
  }
  return null;
}

async function repairStores(stores: readonly MetadataStore[], log: KernelLog): Promise<void> {
  for (const store of stores) {
    const damaged = store.copies().filter((copy) => !copy.valid);
    if (damaged.length > 0) log.line(metadataCorruption(store.copies().length - damaged.length));
    await store.repair();
    if (damaged.length > 0) log.line(metadataRepaired(damaged.map((copy) => copy.index)));
  }
}
