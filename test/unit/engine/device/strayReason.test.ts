import assert from 'node:assert/strict';
import { Machine, type RemapDevice } from '../../../../src/engine';
import { type MakeKernelDevice, recordedStrays, strayEntries } from '../../../support/device/kernelDevices';
import { tempFolder } from '../../../support/tempFolder';

const tagged = (value: number, count = 1) => new Uint8Array(count * 512).fill(value);

describe('R3: a remap that leads nowhere, as a kernel leaves it, fails alone', () => {
  const { path } = tempFolder();
  let machine: Machine;

  beforeEach(() => {
    machine = new Machine();
  });

  afterEach(() => machine.close());

  const SPARES: Readonly<Record<string, (context: Mocha.Context) => MakeKernelDevice>> = {
    'recorded from a kernel': recordedStrays,
    'made from the tables': () => strayEntries,
  };

  const assembled = async (make: MakeKernelDevice): Promise<RemapDevice> =>
    machine.create((await make(path)).spec);

  for (const [what, makeFor] of Object.entries(SPARES)) {
    describe(what, () => {
      it('with EIO for its sector; the others of any request are read and written', async function () {
        const device = await assembled(makeFor(this));
        for (const [first, count] of [
          [1000, 1],
          [996, 8],
          [0, 3000],
        ] as const) {
          assert.deepEqual((await device.read(first, count)).failed, [[1000, 1]]);
        }
        await device.write(996, tagged(7, 4));
        await device.write(1001, tagged(8, 4));
        await device.write(1999, tagged(9, 3));
        const { bytes, failed } = await device.read(996, 9);
        assert.deepEqual(failed, [[1000, 1]]);
        assert.deepEqual([bytes[0], bytes[3 * 512], bytes[5 * 512], bytes[8 * 512]], [7, 7, 8, 8]);
        assert.equal((await device.read(5000, 1, { from: 'spare' })).bytes[0], 9);
        const { failing, scannedSectors } = await device.scan();
        assert.deepEqual([failing, scannedSectors], [[[1000, 1]], device.sectorCount]);
      });

      it('with a reason, a state in the list and an origin of its own', async function () {
        const device = await assembled(makeFor(this));
        assert.equal(device.info().state, 'degraded');
        assert.match(
          device.reasons.join(),
          /^2 remaps lead outside the data sectors of the spare \(sector 1000 to spare sector 200000, sector 99999999999 to spare sector 88888888\), so their sectors can't be read: write the sectors, relocate remaps, or drop these$/,
        );
        assert.deepEqual(
          device.listRemaps().remaps.map(({ original, state }) => [original, state]),
          [
            [1000, 'stray'],
            [2000, 'pending'],
            [99_999_999_999, 'stray'],
          ],
        );
        assert.deepEqual(
          device.strays().map(({ original }) => original),
          [1000, 99_999_999_999],
        );
        assert.deepEqual(device.origins('device', 999, 3), [
          { first: 999, count: 1, kind: 'main', at: 999 },
          { first: 1000, count: 1, kind: 'bad', at: 200_000, stray: true },
          { first: 1001, count: 1, kind: 'main', at: 1001 },
        ]);
        assert.equal(device.findNext('device', 'remapped', 2001, 1), null);
        assert.equal(device.findNext('spare', 'remapped', 5001, 1), null);
        assert.equal(
          device.overview('spare', 10).remapped.reduce((sum, count) => sum + count),
          1,
        );
      });

      it('with a remark in the script', async function () {
        const device = await assembled(makeFor(this));
        assert.match(
          device.shellScript(),
          /^# The remaps of 2 sectors \(1000, 99999999999\) lead nowhere: /m,
        );
      });

      it('until its sector is written, which gives it a sector of the spare', async function () {
        const make = makeFor(this);
        const device = await assembled(make);
        assert.deepEqual(await device.write(998, tagged(5, 4)), { remapped: [1000] });
        assert.deepEqual((await device.read(998, 4)).failed, []);
        assert.match(device.reasons.join(), /^1 remap leads outside .*\(sector 99999999999 to/);
        await machine.reload();
        const after = machine.device('disk')!;
        assert.deepEqual((await after.read(1000, 1)).bytes, tagged(5));
        assert.deepEqual(
          after.strays().map(({ original }) => original),
          [99_999_999_999],
        );
      });

      it('until it is dropped, for good: main serves its sector; other remaps are not dropped', async function () {
        const device = await assembled(makeFor(this));
        await assert.rejects(device.dropRemap(2000), { code: 'EINVAL', message: /leads to its data/ });
        await assert.rejects(device.dropRemap(7), { code: 'EINVAL', message: /not remapped/ });
        assert.deepEqual(await device.dropRemap(1000), { original: 1000, spare: 200_000 });
        assert.deepEqual(
          device.strays().map(({ original }) => original),
          [99_999_999_999],
        );
        assert.deepEqual(await device.dropRemap(99_999_999_999), {
          original: 99_999_999_999,
          spare: 88_888_888,
        });
        assert.deepEqual(device.reasons, []);
        assert.deepEqual((await device.read(1000, 1)).failed, []);
        await machine.reload();
        const { state, remaps } = machine.device('disk')!.info();
        assert.deepEqual([state, remaps], ['active', 1]);
      });

      it('until remaps are relocated, where it is told as lost', async function () {
        const device = await assembled(makeFor(this));
        assert.deepEqual(await device.relocate(), {
          relocated: 0,
          lost: [1000, 99_999_999_999],
          left: [],
        });
        assert.deepEqual([device.info().state, device.info().remaps], ['active', 1]);
      });
    });
  }
});
