import assert from 'node:assert/strict';
import { v4Header } from '../../../../src/engine/metadata/codec/v4';
import { MetadataStore } from '../../../../src/engine/metadata/metadataStore';
import { refuseShortSpare } from '../../../../src/engine/metadata/spareSize';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { fixedClock, formatted, MAIN_SECTORS, SPARE_SECTORS } from '../../../support/metadata/spares';
import { assertFailsWith } from '../../../support/remap/remapErrors';

const clock = fixedClock();
const options = { mainSectorCount: MAIN_SECTORS, clock };
const sizes = new RegExp(`belong to a spare of ${SPARE_SECTORS} sectors, and this one has (\\d+)`);

/** A formatted spare, cut or with blank sectors after it. */
function resized(spare: MemoryDevice, sectorCount: number): MemoryDevice {
  const copy = new MemoryDevice(sectorCount);
  const bytes = new Uint8Array(Math.min(sectorCount, 1280) * 512);
  spare.peek(0, bytes);
  copy.poke(0, bytes);
  return copy;
}

describe('spareSize', () => {
  for (const sectorCount of [SPARE_SECTORS - 1, 1281, 1000, 200, 8, 1]) {
    it(`R8: refuses a spare cut to ${sectorCount} sectors with both sizes`, async () => {
      const short = resized(await formatted(), sectorCount);
      const error = await assertFailsWith(refuseShortSpare(short, clock.now()), 'EINVAL', sizes);
      const { expected, actual, problem, isLegible } = error.details;
      const expectedDetails = [SPARE_SECTORS, sectorCount, 'shortSpare', sectorCount >= 200];
      assert.deepEqual([expected, actual, problem, isLegible], expectedDetails);
      await assertFailsWith(MetadataStore.open(short, options), 'EINVAL', sizes);
    });
  }

  it('opens it read-only, as long as a copy is whole', async () => {
    const spare = await formatted();
    const store = await MetadataStore.open(resized(spare, 1000), { ...options, readOnly: true });
    assert.equal(store.namedSectorCount, SPARE_SECTORS);
    await assertFailsWith(
      MetadataStore.open(resized(spare, 100), { ...options, readOnly: true }),
      'ENODATA',
      /none of the five/,
    );
  });

  it('takes a longer one, whose metadata say its size from the next commit on', async () => {
    const long = resized(await formatted(), SPARE_SECTORS + 1000);
    const store = await MetadataStore.open(long, options);
    assert.equal(store.namedSectorCount, SPARE_SECTORS);
    await store.commit({
      changed: [],
      entryCount: 0,
      entryAt: () => assert.fail(),
      nextSpare: 1280,
      badSpares: [],
    });
    await store.settle();
    const again = await MetadataStore.open(long, options);
    assert.equal(again.namedSectorCount, SPARE_SECTORS + 1000);
    await assertFailsWith(refuseShortSpare(resized(long, SPARE_SECTORS), clock.now()), 'EINVAL', /cut short/);
  });

  it('believes no size in copies that are all damaged, unless the end of the spare cuts them off', async () => {
    const spare = await formatted();
    for (let copy = 0; copy < 5; copy++) {
      const first = new Uint8Array(512);
      spare.peek(copy * 256, first);
      v4Header.put(first, 'spare_device_sectors', 2n ** 50n);
      spare.poke(copy * 256, first);
    }
    await refuseShortSpare(spare, clock.now());
    await assertFailsWith(MetadataStore.open(spare, options), 'ENODATA', /none of the five/);
  });

  it('says nothing of a blank spare, and of one whose metadata name no size', async () => {
    await refuseShortSpare(new MemoryDevice(10), clock.now());
    const spare = await formatted();
    for (let copy = 0; copy < 5; copy++) {
      const first = new Uint8Array(512);
      spare.peek(copy * 256, first);
      v4Header.put(first, 'spare_device_sectors', 0n);
      spare.poke(copy * 256, first);
    }
    await refuseShortSpare(resized(spare, 10), clock.now());
  });
});
