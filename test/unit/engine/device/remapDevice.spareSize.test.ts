import assert from 'node:assert/strict';
import { statSync, truncateSync } from 'node:fs';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import type { DeviceSpec } from '../../../../src/engine/device/deviceContracts';
import { createImages } from '../../../../src/engine/machine/images';
import { Machine } from '../../../../src/engine/machine/machine';
import { assertNamesFile } from '../../../support/block/imageErrors';
import { taggedRun } from '../../../support/remap/targetRig';
import { tempFolder } from '../../../support/tempFolder';

describe('The size of a spare (R8)', () => {
  let machine: Machine;
  let spec: DeviceSpec;
  let lines: string[];
  afterEach(() => machine.close());

  const folder = tempFolder();

  beforeEach(async () => {
    machine = new Machine();
    lines = [];
    machine.onEvent((event) => event.kind === 'log' && lines.push(event.text));
    const [main, spare] = [folder.path('disk.img'), folder.path('spare.img')];
    await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
    const markers = { sectors: [1000], text: 'm_{sector}' };
    spec = { name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers };
    const device = await machine.create(spec);
    await device.injectErrors({ sectors: [[100, 8]] });
    await device.write(99, taggedRun(99, 10, 1));
    await machine.remove('disk');
  });

  for (const sectors of [8191, 2000, 1281, 1000, 8]) {
    it(`is refused with both sizes when it was cut to ${sectors} sectors, and nothing is written`, async () => {
      truncateSync(spec.spares[0]!, sectors * SECTOR_SIZE);
      const message = new RegExp(
        `belong to a spare of 8192 sectors, and this one has ${sectors}: it was cut short`,
      );
      await assertNamesFile(machine.create(spec), 'EINVAL', message, spec.spares[0]!);
      assert.equal(statSync(spec.spares[0]!).size, sectors * SECTOR_SIZE);
    });
  }

  for (const sectors of [1284, 1000]) {
    it(`can be used read-only when it was cut to ${sectors} sectors: what it lost is EIO, never zeros`, async () => {
      truncateSync(spec.spares[0]!, sectors * SECTOR_SIZE);
      const device = await machine.create({ ...spec, readOnly: 'the spare was cut short' });
      const kept = Math.max(0, sectors - 1280);
      const { bytes, failed } = await device.read(99, 10);
      assert.deepEqual(failed, [[100 + kept, 8 - kept]]);
      assert.deepEqual(bytes.subarray(0, (1 + kept) * SECTOR_SIZE), taggedRun(99, 1 + kept, 1));
      assert.equal(device.info().state, 'readonly');
    });
  }

  it('is refused by the name of the spare that was cut, of several', async () => {
    const second = folder.path('second.img');
    const other = folder.path('other.img');
    await createImages({ main: other, mainSectors: 20_480, spare: second, spareSectors: 4096 });
    truncateSync(second, 2000 * SECTOR_SIZE);
    await assertNamesFile(
      machine.create({ ...spec, spares: [...spec.spares, second] }),
      'EINVAL',
      /spare of 4096 sectors, and this one has 2000/,
      second,
    );
  });

  it('may be longer: the rest is used, which the log and the device say', async () => {
    truncateSync(spec.spares[0]!, 10_000 * SECTOR_SIZE);
    const device = await machine.create(spec);
    const sentence = 'has 10000 sectors, and its metadata say 8192: the sectors from 8192 on are used too';
    assert.ok(
      lines.some((line) => line.includes(`Spare 0 ${sentence}`)),
      lines.join('\n'),
    );
    assert.deepEqual(device.info().notes, [`${spec.spares[0]} ${sentence}`]);
    assert.deepEqual([device.info().state, device.info().reasons], ['active', []]);
    assert.equal(device.info().spareFree, 7750 - 8);
    await device.injectErrors({ sectors: [[200, 1]] });
    await device.write(200, taggedRun(200, 1, 1));
    await machine.remove('disk');
    assert.equal((await machine.create(spec)).info().notes?.length ?? 0, 0);
  });
});
