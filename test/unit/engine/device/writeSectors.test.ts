import assert from 'node:assert/strict';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedRun } from '../../../support/remap/targetRig';

describe('a write that fails', () => {
  const rig = deviceRig({ spareSectors: 1300 });

  const announced = () =>
    rig.events.flatMap((event) => (event.kind === 'sectors' ? (event.sectors ?? []) : [])).flat();

  beforeEach(() => {
    rig.stack.main.medium.inject([[100, 40]], { mode: 'error' });
    rig.events.length = 0;
  });

  it('tells all the same which sectors it may have changed', async () => {
    await assert.rejects(rig.device.write(99, taggedRun(99, 30, 1)), { code: 'ENOSPC' });
    assert.ok(announced().includes(99));
    assert.deepEqual((await rig.device.read(99, 1)).bytes, taggedRun(99, 1, 1));
  });

  it('tells nothing when the request is not one of the device', async () => {
    await assert.rejects(rig.device.write(20_480, taggedRun(0, 1, 1)), { code: 'EINVAL' });
    assert.deepEqual(announced(), []);
  });

  it('of markers tells how many were written', async () => {
    const sectors = [10, ...Array.from({ length: 21 }, (_, i) => 100 + i)];
    await assert.rejects(rig.device.writeMarkers({ sectors }), {
      code: 'ENOSPC',
      message:
        /^\d+ of 22 markers were written and not flushed: sector \d+ cannot be written: the spare is full$/,
    });
    assert.ok(announced().includes(10));
    assert.equal((await rig.device.verifyMarkers({ sectors: [10] })).verified, 1);
  });
});
