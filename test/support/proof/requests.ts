import { SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { BlockError, RemapError, type SectorRange } from '../../../src/engine/errors';
import type { RemapTarget } from '../../../src/engine/remap/remapTarget';
import type { DeviceRequest } from './operations';
import { versionedRun, ZEROS } from './versions';

/** When a request was asked or answered: its place in the order of these moments, and how many events the disks had seen. */
export interface Moment {
  readonly order: number;
  readonly eventCount: number;
}

/** A request on its way, and how it ended. */
export interface Issued {
  readonly kind: DeviceRequest['kind'];
  readonly first: number;
  readonly count: number;
  /** The version that a write or discard brings. */
  readonly version: number;
  readonly buffer: Uint8Array;
  /** Whether a remap asks for a particular spare sector, which need not be free or good. */
  readonly isAimed: boolean;
  readonly remapped: Set<number>;
  readonly done: Promise<void>;
  readonly asked: Moment;
  answered: Moment;
  outcome: 'pending' | 'done' | RemapError;
}

export const NEVER: Moment = { order: Number.POSITIVE_INFINITY, eventCount: Number.POSITIVE_INFINITY };

/** Sends a request, cut to the device's size. Only errors of ours end up in its outcome; any other rejects `done`. */
export function issue(
  target: RemapTarget,
  request: DeviceRequest,
  version: number,
  now: () => Moment,
): Issued {
  const { first, count } = extent(request, target.sectorCount);
  const isWrite = request.kind === 'write';
  const buffer = isWrite
    ? versionedRun(first, count, version)
    : new Uint8Array(count * SECTOR_SIZE).fill(0xee);
  const remapped = new Set<number>();
  const issued: Issued = {
    kind: request.kind,
    first,
    count,
    version: isWrite ? version : ZEROS,
    buffer,
    isAimed: request.kind === 'remap' && request.to !== null,
    remapped,
    asked: now(),
    answered: NEVER,
    outcome: 'pending',
    done: send(target, request, first, count, buffer, remapped).then(
      () => {
        issued.answered = now();
        issued.outcome = 'done';
      },
      (error: unknown) => {
        if (!(error instanceof RemapError)) throw error;
        issued.answered = now();
        issued.outcome = error;
      },
    ),
  };
  return issued;
}

/** The sectors that a request failed on; the others were transferred. */
export function failedSectors({ outcome, first, count }: Issued): readonly SectorRange[] {
  if (outcome === 'done') return [];
  return outcome instanceof BlockError && outcome.failed.length > 0 ? outcome.failed : [[first, count]];
}

export function isAmong(sector: number, ranges: readonly SectorRange[]): boolean {
  return ranges.some(([first, count]) => sector >= first && sector < first + count);
}

function extent(request: DeviceRequest, sectorCount: number): { first: number; count: number } {
  if (request.kind === 'flush') return { first: 0, count: 0 };
  const first = request.first % sectorCount;
  return { first, count: 'count' in request ? Math.min(request.count, sectorCount - first) : 1 };
}

async function send(
  target: RemapTarget,
  request: DeviceRequest,
  first: number,
  count: number,
  buffer: Uint8Array,
  remapped: Set<number>,
): Promise<void> {
  switch (request.kind) {
    case 'read':
      return target.read(first, buffer);
    case 'write':
      return target.write(first, buffer, { onRemapped: (entry) => remapped.add(entry.original) });
    case 'discard':
      return target.discard(first, count);
    case 'remap':
      await target.remapSector(first, request.to === null ? undefined : firstFree(target) + request.to);
      return;
    case 'unremap':
      await target.unremap(first);
      return;
    case 'flush':
      return target.flush();
  }
}

function firstFree({ pool }: RemapTarget): number {
  return pool.member(0).allocator.nextSpare;
}
