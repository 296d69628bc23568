import assert from 'node:assert/strict';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { MainIdentity } from '../../../../src/engine/device/mainIdentity';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { taggedSector } from '../../../support/remap/targetRig';

describe('identity of main', () => {
  let main: MemoryDevice;
  beforeEach(async () => {
    main = new MemoryDevice(4096);
    for (const sector of [10, 20, 30, 40]) await main.write(sector, taggedSector(sector, 1));
  });

  const taken = (recent: readonly number[] = [10, 20, 30, 40]): Promise<MainIdentity> =>
    new MainIdentity([]).retake(main, recent);

  it('comes back the same from its bytes, and is empty in bytes that hold none', async () => {
    const identity = await taken();
    assert.deepEqual(MainIdentity.decode(identity.encode()).samples, identity.samples);
    for (const bytes of [[], [9, 1, 2, 3], [1, 200]]) {
      assert.deepEqual(MainIdentity.decode(new Uint8Array(bytes)).samples, []);
    }
  });

  it('fits while half of the samples that tell something match', async () => {
    const identity = await taken();
    assert.equal((await identity.match(main)).fits, true);
    for (const sector of [10, 20]) await main.write(sector, taggedSector(sector, 2));
    assert.equal((await identity.match(main)).fits, true);
    await main.write(30, taggedSector(30, 2));
    const { fits, matching, total } = await identity.match(main);
    assert.deepEqual([fits, total - matching], [false, 3]);
  });

  it('is that of no blank disk, nor of a smaller one', async () => {
    const identity = await taken();
    assert.equal((await identity.match(new MemoryDevice(4096))).fits, false);
    assert.equal((await identity.match(new MemoryDevice(8))).fits, false);
  });

  it('leaves out sectors that can not be read, and keeps to 48 samples', async () => {
    const medium = new MediumErrors(main);
    medium.inject([[10, 1]], { mode: 'error' });
    const recent = Array.from({ length: 100 }, (_, i) => i + 1);
    const { samples } = await new MainIdentity([]).retake(medium, recent);
    assert.equal(samples.length, 48);
    assert.ok(samples.every(({ sector }) => sector !== 10));
  });
});
