import fc from 'fast-check';
import type { MediumFault } from '../../../src/engine/block/mediumFault';
import type { SectorRange } from '../../../src/engine/errors';

/** One request to the device. Sectors are taken modulo the device's size. */
export type DeviceRequest =
  | { readonly kind: 'read' | 'write' | 'discard'; readonly first: number; readonly count: number }
  | { readonly kind: 'remap'; readonly first: number }
  | { readonly kind: 'flush' };

/** One thing that happens to the device. */
export type DeviceOperation =
  /** Requests in flight together. */
  | { readonly kind: 'io'; readonly requests: readonly DeviceRequest[] }
  | {
      readonly kind: 'break';
      readonly on: 'main';
      readonly runs: readonly SectorRange[];
      readonly fault: MediumFault;
    }
  /** Spare sectors about to be used, or among those in use, or anywhere at all. */
  | {
      readonly kind: 'break';
      readonly on: 'spare';
      readonly where: 'next' | 'used' | 'anywhere';
      readonly runs: readonly SectorRange[];
      readonly fault: MediumFault;
    }
  | { readonly kind: 'heal'; readonly on: 'main' | 'spare' }
  | { readonly kind: 'flakey'; readonly table: string | null }
  /** Suspends while requests are in flight, sends more, and ends the suspension. */
  | {
      readonly kind: 'suspend';
      readonly before: readonly DeviceRequest[];
      readonly during: readonly DeviceRequest[];
      readonly end: 'resume' | 'remove';
    }
  | { readonly kind: 'reload' }
  /** The machine goes down a few turns after the requests were sent. */
  | {
      readonly kind: 'reboot';
      readonly requests: readonly DeviceRequest[];
      readonly turns: number;
      /** Null for an orderly reboot: caches reach the disks. */
      readonly powerLossSeed: number | null;
    }
  | { readonly kind: 'repair' }
  /** Time passes, and what waits for a quiet moment is done. */
  | { readonly kind: 'idle' };

const plain = { noNullPrototype: true };

/** Most requests meet in a small part of the disk. */
const anySector = fc.oneof({ arbitrary: fc.nat(255), weight: 4 }, { arbitrary: fc.nat(2047), weight: 1 });
const count = fc.oneof(
  { arbitrary: fc.integer({ min: 1, max: 8 }), weight: 3 },
  { arbitrary: fc.integer({ min: 9, max: 64 }), weight: 1 },
);
const transfer = (kind: 'read' | 'write' | 'discard') =>
  fc.record({ kind: fc.constant(kind), first: anySector, count }, plain);

const request: fc.Arbitrary<DeviceRequest> = fc.oneof(
  { arbitrary: transfer('read'), weight: 6 },
  { arbitrary: transfer('write'), weight: 8 },
  { arbitrary: transfer('discard'), weight: 1 },
  { arbitrary: fc.constant({ kind: 'flush' as const }), weight: 1 },
  { arbitrary: fc.record({ kind: fc.constant('remap' as const), first: anySector }, plain), weight: 1 },
);

const run = fc.tuple(anySector, fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 16 })));
const runs = fc.array(run, { minLength: 1, maxLength: 3 });
const fault: fc.Arbitrary<MediumFault> = fc.oneof(
  { arbitrary: fc.constant({ mode: 'error' as const }), weight: 3 },
  {
    arbitrary: fc.record(
      { mode: fc.constant('error' as const), readFailures: fc.integer({ min: 1, max: 4 }) },
      plain,
    ),
    weight: 2,
  },
  {
    arbitrary: fc.record(
      { mode: fc.constant('dust' as const), writeFailures: fc.integer({ min: 0, max: 2 }) },
      plain,
    ),
    weight: 1,
  },
);

const spareRun = fc.tuple(fc.nat(4095), fc.integer({ min: 1, max: 4 }));
const batch = fc.array(request, { minLength: 1, maxLength: 4 });

/** Any operation; the common ones come up more often. */
export const anyOperation: fc.Arbitrary<DeviceOperation> = fc.oneof(
  { arbitrary: fc.record({ kind: fc.constant('io' as const), requests: batch }, plain), weight: 30 },
  {
    arbitrary: fc.record(
      { kind: fc.constant('break' as const), on: fc.constant('main' as const), runs, fault },
      plain,
    ),
    weight: 6,
  },
  {
    arbitrary: fc.record(
      {
        kind: fc.constant('break' as const),
        on: fc.constant('spare' as const),
        where: fc.constantFrom('next' as const, 'used' as const, 'anywhere' as const),
        runs: fc.array(spareRun, { minLength: 1, maxLength: 2 }),
        fault,
      },
      plain,
    ),
    weight: 3,
  },
  {
    arbitrary: fc.record(
      { kind: fc.constant('heal' as const), on: fc.constantFrom('main' as const, 'spare' as const) },
      plain,
    ),
    weight: 2,
  },
  {
    arbitrary: fc.record(
      {
        kind: fc.constant('flakey' as const),
        table: fc.constantFrom(null, null, '0 1 1 error_writes', '0 1 1 error_reads', '0 1'),
      },
      plain,
    ),
    weight: 2,
  },
  {
    arbitrary: fc.record(
      {
        kind: fc.constant('suspend' as const),
        before: fc.array(request, { maxLength: 3 }),
        during: fc.array(request, { maxLength: 3 }),
        end: fc.constantFrom('resume' as const, 'resume' as const, 'remove' as const),
      },
      plain,
    ),
    weight: 2,
  },
  { arbitrary: fc.constant({ kind: 'reload' as const }), weight: 1 },
  {
    arbitrary: fc.record(
      {
        kind: fc.constant('reboot' as const),
        requests: fc.array(request, { maxLength: 4 }),
        turns: fc.nat(40),
        powerLossSeed: fc.option(fc.nat(2 ** 31), { freq: 4 }),
      },
      plain,
    ),
    weight: 2,
  },
  { arbitrary: fc.constant({ kind: 'repair' as const }), weight: 1 },
  { arbitrary: fc.constant({ kind: 'idle' as const }), weight: 2 },
);
