import assert from 'node:assert/strict';
import { openImage } from '../../../../src/engine/block/image';
import { v4Header } from '../../../../src/engine/metadata/codec/v4';
import { deviceRig } from '../../../support/device/deviceRig';

describe('scan of a device', () => {
  const rig = deviceRig();

  async function healthField(field: 'health.sectors_scanned' | 'health.errors_detected'): Promise<number> {
    const image = await openImage(rig.spec.spares[0]!, { readOnly: true, lock: false });
    const bytes = new Uint8Array(512);
    await image.read(0, bytes);
    await image.close();
    return Number(v4Header.get(bytes, field));
  }

  it('puts a completed scan into the health data of the spare', async () => {
    await rig.device.injectErrors({ sectors: [[100, 2]] });
    const { scannedSectors, failing } = await rig.device.scan();
    assert.deepEqual([scannedSectors, failing], [20_480, [[100, 2]]]);
    assert.match(await rig.device.message('health'), /scan_count=1 /);
    await rig.device.flush();
    assert.equal(await healthField('health.sectors_scanned'), 20_480);
    assert.equal(await healthField('health.errors_detected'), 2);
  });

  it('works without the metadata module', async () => {
    await rig.reassemble({ persistent: false });
    assert.equal((await rig.device.scan()).scannedSectors, 20_480);
  });
});
