import assert from 'node:assert/strict';
import { type Random, randomInteger, seededRandom } from '../../src/engine/block/random';
import { constructTarget } from '../../src/engine/device/construct';
import { KernelLog } from '../../src/engine/device/kernelLog';
import { RemapError } from '../../src/engine/errors';
import { STRUCTURE_SECTORS, sealStructure } from '../../src/engine/metadata/codec/v4';
import { MemoryDevice } from '../support/block/memoryDevice';
import { fuzzRuns } from '../support/fuzzRuns';
import { fuzzInput, TEXT_KINDS } from '../support/proof/fuzzKinds';
import { preloadedSpare } from '../support/proof/preload';
import { CountingObserver } from '../support/proof/stackRig';
import { ManualClock, readRun, taggedRun } from '../support/remap/targetRig';

/** How many mutated inputs, all kinds together. */
const INPUTS = fuzzRuns(100_000);
const METADATA_SHARE = 5;
const SEED = Number(process.env.REMAP_FUZZ_SEED) || 1;

const MAIN_SECTORS = 8192;
const COPY_BYTES = STRUCTURE_SECTORS * 512;
/** Bytes of a copy's header and of our extras: most checks are about these. */
const HEADER_BYTES = 312;
const EXTRAS_AT = 82_232;

describe('Damaged inputs: errors of ours and nothing else', function () {
  this.timeout(0);

  it('come to as many as were asked for', () => {
    const shares = TEXT_KINDS.reduce((sum, { share }) => sum + share, METADATA_SHARE);
    assert.equal(shares, 100);
  });

  for (const kind of TEXT_KINDS) {
    it(`${kind.name}`, () => {
      let accepted = 0;
      for (let i = 0; i < inputsOf(kind.share); i++) {
        const input = fuzzInput(kind, seededRandom(SEED * 1_000_003 + i));
        try {
          kind.read(input);
          accepted++;
        } catch (error) {
          if (error instanceof RemapError && error.code === 'EINVAL') continue;
          throw new Error(
            `seed ${SEED}, input ${i}: ${JSON.stringify(Buffer.from(input).toString('latin1'))}`,
            {
              cause: error,
            },
          );
        }
      }
      assert.ok(accepted > 0, 'nothing was ever read to its end');
    });
  }

  it('metadata images', async () => {
    const sizes = { mainSectors: MAIN_SECTORS, spareSectors: 8192, firstOriginal: 4096 };
    const spares = [
      await preloadedSpare({ ...sizes, entryCount: 3 }),
      await preloadedSpare({ ...sizes, entryCount: 2060 }),
    ];
    for (let i = 0; i < inputsOf(METADATA_SHARE); i++) {
      const random = seededRandom(SEED * 1_000_003 + i);
      const spare = spares[i % 8 === 0 ? 1 : 0]!.fork();
      damage(spare, random);
      await use(spare).catch((error) => {
        if (error instanceof RemapError) return;
        throw new Error(`seed ${SEED}, metadata image ${i}`, { cause: error });
      });
    }
  });
});

function inputsOf(share: number): number {
  return Math.ceil((INPUTS * share) / 100);
}

/** Changes bytes of some copies, often with the checksum mended; sometimes of the large table. */
function damage(spare: MemoryDevice, random: Random): void {
  const copies = [0, 1, 2, 3, 4].filter(() => randomInteger(random, 4) > 0);
  const changes = Array.from({ length: 1 + randomInteger(random, 5) }, () => [
    anyByte(random),
    randomInteger(random, 256),
  ]);
  const isSealed = randomInteger(random, 2) === 0;
  for (const copy of copies) {
    const structure = new Uint8Array(COPY_BYTES);
    spare.peek(copy * 256, structure);
    for (const [at, value] of changes) structure[at!] = value!;
    if (isSealed) sealStructure(structure);
    spare.poke(copy * 256, structure);
  }
  if (randomInteger(random, 4) > 0) return;
  const sector = 1280 + randomInteger(random, spare.sectorCount - 1280);
  spare.poke(
    sector,
    Uint8Array.from({ length: 512 }, () => randomInteger(random, 256)),
  );
}

function anyByte(random: Random): number {
  switch (randomInteger(random, 3)) {
    case 0:
      return randomInteger(random, HEADER_BYTES);
    case 1:
      return EXTRAS_AT + randomInteger(random, 512);
    default:
      return randomInteger(random, COPY_BYTES);
  }
}

/** Uses a spare as a machine does: construct, read, write, remap, remove. */
async function use(spare: MemoryDevice): Promise<void> {
  const log = new KernelLog(() => undefined);
  const options = { persistent: true, clock: new ManualClock(), observer: new CountingObserver(), log };
  const main = new MemoryDevice(MAIN_SECTORS);
  const { target } = await constructTarget({ main, spares: [spare] }, options);
  assert.ok(target.table.slotCount <= 16 * spare.sectorCount, `${target.table.slotCount} entries`);
  await readRun(target, 4090, 32).catch((error) => {
    if (!(error instanceof RemapError)) throw error;
  });
  if (target.readOnly) return;
  await target.write(4090, taggedRun(4090, 32, 1));
  await target.remapSector(1);
  await target.close();
}
