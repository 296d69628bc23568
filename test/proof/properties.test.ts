import fc from 'fast-check';
import type { MemoryDevice } from '../support/block/memoryDevice';
import { heldTimers } from '../support/heldTimers';
import { anyOperation, type DeviceOperation } from '../support/proof/operations';
import { preloadedSpare } from '../support/proof/preload';
import { StackRunner } from '../support/proof/runner';
import { cachedRig, formattedSpare } from '../support/proof/stackRig';

/** Operations of all properties together; more on request. */
const OPERATIONS = Number(process.env.REMAP_PROPERTY_OPS) || 10_000;
const LONGEST_RUN = 400;
const MIX = {
  hotSectors: 256,
  sectors: 2048,
  longestTransfer: 64,
  breakWeight: 6,
  disasters: true,
  unremaps: true,
};

/** Looking for the shortest sequence that fails may take long. */
const PATIENCE = { interruptAfterTimeLimit: 250_000, markInterruptAsFailure: true };

interface Variant {
  readonly name: string;
  readonly mainSectors?: number;
  readonly spareSectors?: number;
  readonly persistent?: boolean;
  readonly spare?: () => Promise<MemoryDevice>;
}

const VARIANTS: readonly Variant[] = [
  { name: 'a roomy spare' },
  { name: 'a spare that fills up', spareSectors: 1400 },
  { name: 'no metadata module', persistent: false },
  {
    name: 'more remaps than a kernel keeps',
    mainSectors: 8192,
    spare: () =>
      preloadedSpare({ mainSectors: 8192, spareSectors: 12_000, firstOriginal: 4096, entryCount: 2040 }),
  },
];

describe('The whole stack does what a simple model does', function () {
  this.timeout(300_000);
  const timers = heldTimers();

  for (const variant of VARIANTS) {
    it(`R1 to R12 over ${variant.name}, whatever happens`, async () => {
      let left = Math.ceil(OPERATIONS / VARIANTS.length);
      while (left > 0) {
        await fc.assert(
          fc.asyncProperty(
            fc.array(anyOperation(MIX), { maxLength: LONGEST_RUN, size: 'max' }),
            fc.nat(1000),
            async (operations, seed) => {
              await runAll(variant, operations, seed, timers.fire);
              left -= operations.length;
            },
          ),
          { numRuns: Math.ceil((2 * left) / LONGEST_RUN), ...PATIENCE },
        );
      }
    });
  }
});

async function runAll(
  { mainSectors = 2048, spareSectors = 8192, persistent = true, spare }: Variant,
  operations: readonly DeviceOperation[],
  seed: number,
  fireTimers: () => void,
): Promise<void> {
  const start = (await spare?.()) ?? (await formattedSpare(spareSectors, mainSectors));
  const runner = new StackRunner(
    await cachedRig({ mainSectors, spare: start, persistent, seed }),
    fireTimers,
  );
  for (const operation of operations) await runner.run(operation);
  await runner.finish();
}
