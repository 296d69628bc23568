import assert from 'node:assert/strict';
import { rename } from 'node:fs/promises';
import { createImage, openImage } from '../../../../src/engine/block/image';
import type { DeviceSpec } from '../../../../src/engine/device/deviceContracts';
import { DeviceStack } from '../../../../src/engine/device/deviceStack';
import { KernelLog } from '../../../../src/engine/device/kernelLog';
import { ManualClock, readRun, taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

describe('device stack', () => {
  const folder = tempFolder();
  const clock = new ManualClock();
  const log = new KernelLog(() => {});
  const markers = { sectors: [], text: '' };
  let spec: DeviceSpec;

  beforeEach(async () => {
    const [main, ...spares] = ['main.img', 'a.img', 'b.img'].map((name) => folder.path(name));
    for (const path of [main!, ...spares]) await createImage(path, 4096);
    spec = { name: 'disk', deviceFile: null, main: main!, spares, flakey: null, markers };
  });

  async function assertFree(...paths: string[]): Promise<void> {
    for (const path of paths) await (await openImage(path, { lock: true })).close();
  }

  it('has main under the flakey layer, and every spare', async () => {
    const stack = await DeviceStack.open({ ...spec, flakey: '0 1 1 error_reads' }, clock, { log });
    assert.equal(stack.flakeyTable, '0 1 1 error_reads');
    assert.equal(stack.layers.spares.length, 2);
    await assert.rejects(readRun(stack.layers.main, 0, 1), { code: 'EIO' });
    await stack.close();
    await assertFree(spec.main, ...spec.spares);
  });

  it('opens all of its images or none', async () => {
    const opened = DeviceStack.open({ ...spec, spares: [spec.spares[0]!, spec.main] }, clock, { log });
    await assert.rejects(opened, { code: 'EBUSY' });
    await assertFree(spec.main, ...spec.spares);
    await assert.rejects(DeviceStack.open({ ...spec, flakey: '0 0' }, clock, { log }), { code: 'EINVAL' });
  });

  it('makes do with some spares of a pool, and takes one back that returns', async () => {
    const [first] = spec.spares;
    await rename(first!, `${first}.gone`);
    const stack = await DeviceStack.open(spec, clock, { log });
    assert.equal(stack.spares[0], null);
    assert.equal(stack.firstSpare.path, spec.spares[1]);
    await rename(`${first}.gone`, first!);
    await stack.reopenMissing(spec);
    assert.equal(stack.firstSpare.path, first);
    await stack.close();
  });

  it('needs one spare at least', async () => {
    const gone = spec.spares.map((path) => `${path}.gone`);
    await assert.rejects(DeviceStack.open({ ...spec, spares: gone }, clock, { log }), {
      code: 'ENOENT',
      message: /none of its spares is there/,
    });
    await assert.rejects(DeviceStack.open({ ...spec, spares: gone.slice(1) }, clock, { log }), {
      code: 'ENOENT',
    });
    await assertFree(spec.main);
  });

  it('counts bad sectors and losses of all disks', async () => {
    const stack = await DeviceStack.open(spec, clock, { log });
    stack.main.medium.inject([[10, 2]], { mode: 'error' });
    stack.firstSpare.medium.inject([[10, 3]], { mode: 'error' });
    assert.equal(stack.badSectorCount, 5);
    for (let sector = 100; sector < 150; sector++) {
      await stack.layers.main.write(sector, taggedSector(sector, 1));
      await stack.firstSpare.device.write(sector, taggedSector(sector, 1));
    }
    const lost = await stack.powerLoss(1);
    assert.ok(lost > 0 && lost <= 100, `${lost} sectors`);
    await assertFree(spec.main, ...spec.spares);
  });
});
