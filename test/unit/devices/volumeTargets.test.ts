import assert from 'node:assert/strict';
import type { DeviceEntry } from '../../../src/devices/deviceEntry';
import { findVolumeTarget } from '../../../src/devices/volumeTargets';
import { RemapError } from '../../../src/engine';
import { deviceRig } from '../../support/device/deviceRig';

describe('The disk in which a command looks for volumes', () => {
  const rig = deviceRig();

  const devices = () => ({
    find: (reference: unknown): DeviceEntry => {
      if (reference !== 'disk') throw new RemapError('ENODEV', 'there is no such device');
      const { name, main } = rig.spec;
      const { device } = rig;
      return { deviceKey: main, name, deviceFile: null, content: undefined, device, problem: undefined };
    },
    get: () => rig.device,
    ownerOf: (path: string) => {
      const { main, spares } = rig.spec;
      if (path === main) return { device: rig.device, role: 'main' as const, member: 0 };
      return path === spares[0] ? { device: rig.device, role: 'spare' as const, member: 0 } : undefined;
    },
  });

  it('is the device, one of its images as the device has it open, or an image by itself', async () => {
    await rig.device.injectErrors({ sectors: [[100, 1]] });
    await rig.device.write(100, new Uint8Array(512).fill(1));
    const badIn = async (reference: unknown): Promise<[number, number]> => {
      const { source, unreadable, close } = await findVolumeTarget(devices(), reference, undefined);
      const { bad } = await unreadable();
      await close();
      return [source.sectorCount, bad.sectorCount];
    };
    const { main, spares } = rig.spec;
    assert.deepEqual(await badIn('disk'), [rig.device.sectorCount, 0]);
    assert.deepEqual(await badIn(main), [20_480, 1]);
    assert.deepEqual(await badIn(spares[0]), [8192, 0]);
    await rig.device.flush();
    const alone = { ...devices(), ownerOf: () => undefined };
    const target = await findVolumeTarget(alone, main, undefined);
    assert.equal((await target.unreadable()).bad.sectorCount, 1);
    await target.close();
  });

  it('is refused for what means neither', async () => {
    await assert.rejects(findVolumeTarget(devices(), 7, undefined), { code: 'EINVAL' });
    await assert.rejects(findVolumeTarget(devices(), 'relative.img', undefined), { code: 'EINVAL' });
  });
});
