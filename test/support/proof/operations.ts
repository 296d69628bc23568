import fc from 'fast-check';
import type { MediumFault } from '../../../src/engine/block/mediumFault';
import type { SectorRange } from '../../../src/engine/errors';

/** One request to the device. Sectors are taken modulo the device's size. */
export type DeviceRequest =
  | { readonly kind: 'read' | 'write' | 'discard'; readonly first: number; readonly count: number }
  /** `to`: a particular spare sector, counted from the first free one. */
  | { readonly kind: 'remap'; readonly first: number; readonly to: number | null }
  | { readonly kind: 'unremap'; readonly first: number }
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
  /** Spare sectors about to be used, or in use, or anywhere. */
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
  /** Time passes, and the timers run. */
  | { readonly kind: 'idle' };

const plain = { noNullPrototype: true };

/** Which operations a run consists of. */
export interface OperationMix {
  /** Most requests go to the first sectors of the disk, so that they collide. */
  readonly hotSectors: number;
  readonly sectors: number;
  readonly longestTransfer: number;
  /** How often sectors of main go bad; batches of requests have 30 on this scale. */
  readonly breakWeight: number;
  /** With reboots, power losses, and dm-flakey going down and up. */
  readonly disasters: boolean;
  /** With remapped sectors that move back to main. */
  readonly unremaps: boolean;
}

interface Weighted {
  readonly arbitrary: fc.Arbitrary<DeviceOperation>;
  readonly weight: number;
}

/** Any operation; the common ones come up more often. */
export function anyOperation(mix: OperationMix): fc.Arbitrary<DeviceOperation> {
  const request = anyRequest(mix);
  const requests = (minLength: number, maxLength: number) => fc.array(request, { minLength, maxLength });
  const options: Weighted[] = [
    { arbitrary: operation({ kind: fc.constant('io'), requests: requests(1, 4) }), weight: 30 },
    { arbitrary: breakMain(mix), weight: mix.breakWeight },
    { arbitrary: breakSpare(), weight: 3 },
    { arbitrary: operation({ kind: fc.constant('heal'), on: fc.constantFrom('main', 'spare') }), weight: 2 },
    { arbitrary: suspension(requests(0, 3)), weight: 2 },
    { arbitrary: fc.constant({ kind: 'reload' }), weight: 1 },
    { arbitrary: fc.constant({ kind: 'repair' }), weight: 1 },
    { arbitrary: fc.constant({ kind: 'idle' }), weight: 2 },
  ];
  return fc.oneof(...options, ...(mix.disasters ? disasters(requests(0, 4)) : []));
}

function anySector({ hotSectors, sectors }: OperationMix): fc.Arbitrary<number> {
  return fc.oneof(
    { arbitrary: fc.nat(hotSectors - 1), weight: 4 },
    { arbitrary: fc.nat(sectors - 1), weight: 1 },
  );
}

function anyRequest(mix: OperationMix): fc.Arbitrary<DeviceRequest> {
  const first = anySector(mix);
  const count = fc.oneof(
    { arbitrary: fc.integer({ min: 1, max: 8 }), weight: 3 },
    { arbitrary: fc.integer({ min: 9, max: mix.longestTransfer }), weight: 1 },
  );
  const to = fc.option(fc.nat(20), { freq: 2 });
  const transfer = (kind: 'read' | 'write' | 'discard') =>
    fc.record({ kind: fc.constant(kind), first, count }, plain);
  return fc.oneof<fc.MaybeWeightedArbitrary<DeviceRequest>[]>(
    { arbitrary: transfer('read'), weight: 6 },
    { arbitrary: transfer('write'), weight: 8 },
    { arbitrary: transfer('discard'), weight: 1 },
    { arbitrary: fc.constant({ kind: 'flush' }), weight: 1 },
    { arbitrary: fc.record({ kind: fc.constant('remap' as const), first, to }, plain), weight: 1 },
    ...(mix.unremaps ? [{ arbitrary: unremap(first), weight: 2 }] : []),
  );
}

function unremap(first: fc.Arbitrary<number>): fc.Arbitrary<DeviceRequest> {
  return fc.record({ kind: fc.constant('unremap' as const), first }, plain);
}

const anyFault: fc.Arbitrary<MediumFault> = fc.oneof<fc.MaybeWeightedArbitrary<MediumFault>[]>(
  { arbitrary: fc.constant({ mode: 'error' }), weight: 3 },
  { arbitrary: intermittent(), weight: 2 },
  { arbitrary: dust(), weight: 1 },
);

function intermittent(): fc.Arbitrary<MediumFault> {
  const readFailures = fc.integer({ min: 1, max: 4 });
  return fc.record({ mode: fc.constant('error' as const), readFailures }, plain);
}

function dust(): fc.Arbitrary<MediumFault> {
  const writeFailures = fc.integer({ min: 0, max: 2 });
  return fc.record({ mode: fc.constant('dust' as const), writeFailures }, plain);
}

function breakMain(mix: OperationMix): fc.Arbitrary<DeviceOperation> {
  const run = fc.tuple(anySector(mix), fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 16 })));
  const runs = fc.array(run, { minLength: 1, maxLength: 3 });
  return operation({ kind: fc.constant('break'), on: fc.constant('main'), runs, fault: anyFault });
}

function breakSpare(): fc.Arbitrary<DeviceOperation> {
  const run = fc.tuple(fc.nat(4095), fc.integer({ min: 1, max: 4 }));
  return operation({
    kind: fc.constant('break'),
    on: fc.constant('spare'),
    where: fc.constantFrom('next', 'used', 'anywhere'),
    runs: fc.array(run, { minLength: 1, maxLength: 2 }),
    fault: anyFault,
  });
}

function suspension(requests: fc.Arbitrary<DeviceRequest[]>): fc.Arbitrary<DeviceOperation> {
  const end = fc.constantFrom<'resume' | 'remove'>('resume', 'resume', 'remove');
  return operation({ kind: fc.constant('suspend'), before: requests, during: requests, end });
}

function disasters(requests: fc.Arbitrary<DeviceRequest[]>): Weighted[] {
  const table = fc.constantFrom(null, null, '0 1 1 error_writes', '0 1 1 error_reads', '0 1');
  const powerLossSeed = fc.option(fc.nat(2 ** 31), { freq: 4 });
  return [
    { arbitrary: operation({ kind: fc.constant('flakey'), table }), weight: 2 },
    {
      arbitrary: operation({ kind: fc.constant('reboot'), requests, turns: fc.nat(40), powerLossSeed }),
      weight: 2,
    },
  ];
}

/** A record of an operation's fields, each of them arbitrary. */
function operation<Fields extends object>(
  fields: {
    [Name in keyof Fields]: fc.Arbitrary<Fields[Name]>;
  },
): fc.Arbitrary<DeviceOperation> {
  return fc.record(fields, plain) as fc.Arbitrary<unknown> as fc.Arbitrary<DeviceOperation>;
}
