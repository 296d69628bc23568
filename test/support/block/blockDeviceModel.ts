import fc from 'fast-check';
import { type BlockDevice, SECTOR_SIZE } from '../../../src/engine/block/blockDevice';
import { sliceSectors } from '../../../src/engine/block/range';
import type { BlockDeviceSubject } from '../../contract/blockDevice';
import { assertSectors, patternBytes, readSectors } from './sectors';
import { submitted } from './submitted';

const MODEL_SECTORS = 160;

type Operation =
  | { readonly kind: 'read' | 'write' | 'discard'; readonly sector: number; readonly count: number }
  | { readonly kind: 'flush' };

const operationArbitrary: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('flush' as const) }) },
  {
    weight: 12,
    arbitrary: fc
      .record({
        kind: fc.constantFrom(
          'read' as const,
          'read' as const,
          'write' as const,
          'write' as const,
          'discard' as const,
        ),
        sector: fc.integer({ min: 0, max: MODEL_SECTORS - 1 }),
        size: fc.integer({ min: 1, max: 40 }),
      })
      .map(({ kind, sector, size }) => ({ kind, sector, count: Math.min(size, MODEL_SECTORS - sector) })),
  },
);

/** The property test of the conformance suite: random requests, several in flight, against a plain buffer. */
export function describeModel(subject: Pick<BlockDeviceSubject, 'create' | 'cleanup' | 'modelRuns'>): void {
  it('behaves like a plain buffer under random requests, several in flight at a time', async function () {
    this.timeout(60_000);
    const batches = fc.array(fc.array(operationArbitrary, { minLength: 1, maxLength: 8 }), {
      minLength: 1,
      maxLength: 30,
    });
    await fc.assert(
      fc.asyncProperty(batches, async (run) => {
        const device = await subject.create(MODEL_SECTORS);
        try {
          await runAgainstModel(device, run);
        } finally {
          await device.close();
          await subject.cleanup?.();
        }
      }),
      { numRuns: subject.modelRuns ?? 40 },
    );
  });
}

async function runAgainstModel(
  device: BlockDevice,
  batches: readonly (readonly Operation[])[],
): Promise<void> {
  const model = new Uint8Array(MODEL_SECTORS * SECTOR_SIZE);
  for (const [version, batch] of batches.entries()) {
    await Promise.all(withoutConflicts(batch).map((operation) => apply(device, model, operation, version)));
  }
  assertSectors(await readSectors(device, 0, MODEL_SECTORS), model);
}

/** Overlapping requests in flight have no defined order, so only one of them stays unless all of them are reads. */
function withoutConflicts(batch: readonly Operation[]): Operation[] {
  const kept: Operation[] = [];
  for (const operation of batch) {
    const conflicts = kept.some((other) => {
      if (operation.kind === 'flush' || other.kind === 'flush') return false;
      if (operation.kind === 'read' && other.kind === 'read') return false;
      return (
        operation.sector < other.sector + other.count && other.sector < operation.sector + operation.count
      );
    });
    if (!conflicts) kept.push(operation);
  }
  return kept;
}

async function apply(
  device: BlockDevice,
  model: Uint8Array,
  operation: Operation,
  version: number,
): Promise<void> {
  if (operation.kind === 'flush') return device.flush();
  const { kind, sector, count } = operation;
  const expected = sliceSectors(model, 0, sector, count);
  if (kind === 'read') {
    const buffer = new Uint8Array(count * SECTOR_SIZE);
    const [read] = await Promise.all([readSectors(device, sector, count), submitted(device, sector, buffer)]);
    assertSectors(read, expected, sector);
    return assertSectors(buffer, expected, sector);
  }
  if (kind === 'discard') {
    expected.fill(0);
    return device.discard(sector, count);
  }
  expected.set(patternBytes(sector, count, version));
  return device.write(sector, patternBytes(sector, count, version));
}
