import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImages, Machine } from '../../../../src/engine';
import { taggedSector } from '../../../support/remap/targetRig';

describe('A device whose spare fails', () => {
  let folder: string;
  let machine: Machine;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'remap-degraded-'));
    machine = new Machine();
  });

  afterEach(async () => {
    await machine.close();
    await rm(folder, { recursive: true });
  });

  it('is degraded, says why in the log and in its state, and recovers with the next remap (R5)', async () => {
    const [main, spare] = [join(folder, 'main.img'), join(folder, 'spare.img')];
    await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
    const markers = { sectors: [], text: '' };
    const device = await machine.create({
      name: 'disk',
      deviceFile: null,
      main,
      spares: [spare],
      flakey: null,
      markers,
    });
    const log: string[] = [];
    machine.onEvent((event) => {
      if (event.kind === 'log') log.push(event.text);
    });
    const spareMedium = device.stack.spares[0]!.medium;
    await device.injectErrors({ sectors: [[10, 1]] });
    spareMedium.inject([[1280, 8192 - 1280]], { mode: 'error' });

    await assert.rejects(device.write(10, taggedSector(10, 1)), { code: 'EIO' });
    const { state, reasons } = device.info();
    assert.equal(state, 'degraded');
    assert.match(reasons.join(), /the spare fails wherever it is written to/);
    assert.ok(
      log.some((line) => /sector 10 not remapped: the spare fails/.test(line)),
      log.join('\n'),
    );

    spareMedium.clear();
    await device.write(10, taggedSector(10, 2));
    assert.deepEqual([device.info().state, device.info().reasons], ['active', []]);
  });
});
