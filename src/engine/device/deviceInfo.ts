import { PENDING } from '../metadata/entry';
import type { PoolEntry } from '../remap/poolEntry';
import type { RemapTarget } from '../remap/remapTarget';
import type { DeviceInfo, DeviceState, RemapListing } from './deviceContracts';
import type { DeviceParts } from './deviceParts';

const DEFAULT_LIMIT = 1000;

/** A device as commands return it: plain JSON. */
export function describeDevice(device: DeviceParts): DeviceInfo {
  const { spec, target, stores, stack } = device;
  const store = target.pool.members.find((member) => member.store !== null)?.store;
  const { findings } = stack;
  const { notes } = device;
  return {
    name: spec.name,
    path: spec.deviceFile,
    main: spec.main,
    spare: spec.spares.length === 1 ? spec.spares[0]! : [...spec.spares],
    sectors: target.sectorCount,
    spareSectors: stack.spares.reduce((sum, spare) => sum + (spare?.sectorCount ?? 0), 0),
    state: stateOf(device),
    remaps: target.table.size,
    spareFree: target.pool.free,
    badSectors: stack.badSectorCount,
    notRescued: stack.notRescuedCount,
    flakey: stack.flakeyTable,
    statistics: target.statistics.snapshot(),
    metadata: {
      ...(stores[0]?.copyCounts ?? { valid: 0, stale: 0 }),
      sequence: store ? Number(store.sequence) : null,
    },
    markers: { sectors: [...spec.markers.sectors], text: spec.markers.text },
    reasons: device.reasons.map(({ text }) => text),
    ...(findings.length > 0 && { findings }),
    ...(notes.length > 0 && { notes }),
  };
}

/** A page of the remap entries, ascending by original sector. The cost grows with the page, not with the table. */
export function listRemaps(
  target: RemapTarget,
  { offset = 0, limit = DEFAULT_LIMIT }: { offset?: number; limit?: number },
): RemapListing {
  const remaps: RemapListing['remaps'] = [];
  target.table.index.visitPage(Math.max(0, offset), Math.max(0, limit), (_original, slot) => {
    remaps.push(describeEntry(target, slot));
  });
  return { total: target.table.size, remaps };
}

/** The entries that lead nowhere, ascending by original sector. */
export function listStrays(target: RemapTarget): RemapListing['remaps'] {
  const strays = [...target.table.strays]
    .filter((slot) => !target.table.isDisputed(slot))
    .map((slot) => describeEntry(target, slot));
  return strays.sort((a, b) => a.original - b.original);
}

/** A remap entry as commands return it. */
export function describeEntry(target: RemapTarget, slot: number): RemapListing['remaps'][number] {
  const entry = target.table.entryAt(slot);
  return {
    original: entry.original,
    spare: entry.spare,
    time: entry.timeNs > 0n ? new Date(Number(entry.timeNs / 1_000_000n)).toISOString() : null,
    errors: entry.errorCount,
    state: stateOfEntry(target, slot, entry),
    member: entry.member,
  };
}

function stateOfEntry(
  { table, pool }: RemapTarget,
  slot: number,
  { member, flags }: PoolEntry,
): RemapListing['remaps'][number]['state'] {
  if (table.isStray(slot)) return table.isDisputed(slot) ? 'disputed' : 'stray';
  if (pool.member(member).device === null) return 'missing';
  return flags === PENDING ? 'pending' : 'active';
}

function stateOf(device: DeviceParts): DeviceState {
  if (device.target.suspended) return 'suspended';
  if (device.target.readOnly) return 'readonly';
  return device.reasons.length > 0 ? 'degraded' : 'active';
}
