import assert from 'node:assert/strict';
import { copyFileSync } from 'node:fs';
import { createImage } from '../../../../src/engine/block/image';
import { matchMain } from '../../../../src/engine/machine/images';
import { deviceRig } from '../../../support/device/deviceRig';
import { taggedRun, taggedSector } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

/** Sectors that lie far apart, so that each is a sample of its own. */
const WRITTEN = [100, 2000, 3000, 7000, 9000, 15_000];

describe('A main that does not fit the fingerprint that the spare keeps (R8)', () => {
  const rig = deviceRig();
  const folder = tempFolder();

  beforeEach(async () => {
    for (const sector of WRITTEN) await rig.device.write(sector, taggedSector(sector, 1));
    await rig.device.close();
    const other = folder.path('other.img');
    await createImage(other, 20_480);
    rig.spec = { ...rig.spec, main: other };
    rig.events.length = 0;
  });

  const sentence = (): string =>
    `${rig.spec.main} doesn't fit the fingerprint that the spare keeps of its main: 16 of 22 sampled sectors match`;

  it('is used, with a reason and a log line, each time: contents change rightfully', async () => {
    await rig.assemble();
    assert.deepEqual([rig.device.info().state, rig.device.reasons], ['degraded', [sentence()]]);
    assert.ok(rig.log.some((line) => line.includes(sentence())));
    await rig.device.write(5, taggedSector(5, 1));
    await rig.reassemble();
    assert.deepEqual(rig.device.reasons, [sentence()]);
  });

  it('is taken for the right one from then on once that was said', async () => {
    await rig.assemble();
    await rig.device.acceptMain();
    assert.deepEqual([rig.device.info().state, rig.device.reasons], ['active', []]);
    await rig.reassemble();
    assert.deepEqual(rig.device.reasons, []);
  });

  it('is compared when the metadata module comes late', async () => {
    await rig.assemble({ persistent: false });
    assert.deepEqual(rig.device.reasons, []);
    await rig.device.adoptMetadata();
    assert.deepEqual(rig.device.reasons, [sentence()]);
  });

  it('is known before it is assembled, without writing anything', async () => {
    const [spare] = rig.spec.spares;
    const match = await matchMain(rig.spec.main, spare!);
    assert.deepEqual(match, { fits: false, matching: 16, total: 22 });
  });
});

describe('The main of a device fits the fingerprint that the spare keeps', () => {
  const rig = deviceRig();
  const folder = tempFolder();

  it('also as a copy, and after a power loss that came after it was written over', async () => {
    for (const sector of WRITTEN) await rig.device.write(sector, taggedSector(sector, 1));
    await rig.reassemble();
    rig.clock.ms += 10_000;
    await rig.device.write(0, taggedRun(0, 16_000, 2));
    await rig.device.losePower(1);
    const copy = folder.path('copy.img');
    copyFileSync(rig.spec.main, copy);
    rig.spec = { ...rig.spec, main: copy };
    await rig.assemble();
    assert.deepEqual(rig.device.reasons, []);
  });

  it('where sampled sectors have become unreadable', async () => {
    for (const sector of WRITTEN) await rig.device.write(sector, taggedSector(sector, 1));
    await rig.device.close();
    await rig.assemble();
    await rig.device.injectErrors({ sectors: [[0, 16_000]] });
    await rig.reassemble();
    assert.deepEqual(rig.device.reasons, []);
  });
});
