import fc from 'fast-check';
import { type MediumFault, tagOfFault } from '../../../src/engine/block/mediumFault';
import { injectedState, isBad, withFault } from '../../../src/engine/block/mediumSectors';
import { RangeSet } from '../../../src/engine/block/rangeSet';
import type { Mapfile, RescueStatus } from '../../../src/engine/mapfile/mapfile';
import { type BlockStatus, RescueBlocksBuilder } from '../../../src/engine/mapfile/rescueBlocks';

const failureCount = fc.nat(255);

const arbitraryFault: fc.Arbitrary<MediumFault> = fc.oneof(
  fc.constant({ mode: 'error' } as const),
  failureCount.map((writeFailures) => ({ mode: 'dust', writeFailures }) as const),
  failureCount.map((readFailures) => ({ mode: 'error', readFailures }) as const),
);

/** Bad sectors within a medium, with all kinds of faults. */
export function arbitraryBadSectors(sectorCount: number): fc.Arbitrary<RangeSet> {
  const run = fc.tuple(fc.nat(sectorCount - 1), fc.integer({ min: 1, max: 6 }), arbitraryFault);
  return fc
    .array(run, { maxLength: 8 })
    .map((runs) =>
      RangeSet.from(
        runs.map(([first, count, fault]) => [first, Math.min(count, sectorCount - first), tagOfFault(fault)]),
      ),
    );
}

/** A map of blocks of any size that starts anywhere below 600. */
const arbitraryBlocks = fc
  .record({
    start: fc.oneof(fc.constant(0), fc.nat(600)),
    sizes: fc.array(
      fc.tuple(fc.integer({ min: 1, max: 1500 }), fc.constantFrom<BlockStatus>('?', '*', '/', '-', '+')),
      {
        maxLength: 12,
      },
    ),
    reachesToTheEnd: fc.boolean(),
  })
  .map(({ start, sizes, reachesToTheEnd }) => {
    const builder = new RescueBlocksBuilder();
    let at = start;
    for (const [size, status] of sizes) {
      builder.append(at, at + size, status);
      at += size;
    }
    return builder.build(reachesToTheEnd && sizes.length > 0 ? 2n ** 63n - 1n : undefined);
  });

export const arbitraryMapfile: fc.Arbitrary<Mapfile> = fc.record({
  header: fc.array(
    fc
      .string({ unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)) })
      .map((text) => `# m ${text}`),
    { maxLength: 3 },
  ),
  currentPosition: fc.nat(2 ** 40),
  currentStatus: fc.constantFrom<RescueStatus>('?', '*', '/', '-', 'F', 'G', '+'),
  currentPass: fc.integer({ min: 1, max: 9 }),
  blocks: arbitraryBlocks,
  faults: arbitraryBadSectors(30).map((set) =>
    [...set.tagged()].map(({ first, sectorCount, tag }) => ({ first, sectorCount, tag, badCount: null })),
  ),
  injected: fc.constant([]),
  enabled: fc.boolean(),
  quiet: fc.boolean(),
});

/** What sectors of a medium become, in any state. */
export function arbitraryStates(sectorCount: number): fc.Arbitrary<RangeSet> {
  const state = fc
    .tuple(fc.nat(4), fc.boolean(), arbitraryFault)
    .map(([found, isInjected, fault]) =>
      isInjected
        ? injectedState(found, tagOfFault(fault))
        : isBad(found)
          ? withFault(found, tagOfFault(fault))
          : found,
    );
  const run = fc.tuple(fc.nat(sectorCount - 1), fc.integer({ min: 1, max: 6 }), state);
  return fc
    .array(run, { maxLength: 8 })
    .map((runs) =>
      RangeSet.from(runs.map(([first, count, tag]) => [first, Math.min(count, sectorCount - first), tag])),
    );
}
