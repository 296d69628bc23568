import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { mapfilePath } from '../../../../src/engine/device/disk';
import { deviceRig } from '../../../support/device/deviceRig';

const SECTORS = 20_480;
const [REMAPPED, BAD, NOT_RESCUED, METADATA] = [1, 2, 4, 8];

describe('the states of sectors', () => {
  const rig = deviceRig();

  /** What is said of each sector, asked for in answers of `limit` runs. */
  async function flagsOf(view: 'device' | 'main' | 'spare', limit: number): Promise<number[]> {
    const client = rig.device.clientSectors(view);
    const flags: number[] = [];
    while (flags.length < client.sectorCount) {
      const extents = await client.states(flags.length, client.sectorCount - flags.length, limit);
      assert.ok(extents.length > 0 && extents.length <= limit);
      for (const extent of extents) for (let i = 0; i < extent.sectorCount; i++) flags.push(extent.flags);
    }
    assert.equal(flags.length, client.sectorCount);
    return flags;
  }

  it('say what the origins of the sectors say', async () => {
    const runs = fc.array(fc.tuple(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 9 })), {
      maxLength: 8,
    });
    await fc.assert(
      fc.asyncProperty(
        runs,
        runs,
        runs,
        fc.integer({ min: 1, max: 5 }),
        async (remaps, bad, badOfSpare, limit) => {
          await rig.device.clearErrors();
          await rig.device.injectErrors({ sectors: remaps });
          for (const [first, count] of remaps) await rig.device.write(first, new Uint8Array(count * 512));
          await rig.device.injectErrors({ sectors: bad });
          await rig.device.injectErrors({
            sectors: badOfSpare.map(([first, count]) => [1280 + first, count]),
            on: 'spare',
          });
          for (const view of ['device', 'main', 'spare'] as const) {
            const flags = await flagsOf(view, limit);
            for (let sector = 0; sector < flags.length; sector++) {
              const [origin] = rig.device.origins(view, sector, 1);
              assert.equal((flags[sector]! & BAD) !== 0, origin!.kind === 'bad', `${view} ${sector} bad`);
              if (origin!.kind === 'spare') assert.ok((flags[sector]! & REMAPPED) !== 0);
              assert.equal(
                (flags[sector]! & METADATA) !== 0,
                origin!.kind === 'metadata',
                `${view} ${sector}`,
              );
            }
          }
        },
      ),
      { numRuns: 10 },
    );
  });

  it('say what was not rescued, on main and where a sector is remapped to', async () => {
    await rig.device.injectErrors({ sectors: [[20, 1]] });
    await rig.device.write(20, new Uint8Array(512));
    const { at } = rig.device.origins('device', 20, 1)[0]!;
    await rig.device.clearErrors();
    await rig.device.close();
    const map = (size: number, first: number): string =>
      `0x0 ? 1\n0x0 0x${(first * 512).toString(16)} +\n0x${(first * 512).toString(16)} 0x200 ?\n0x${((first + 1) * 512).toString(16)} 0x${((size - first - 1) * 512).toString(16)} +\n`;
    await writeFile(mapfilePath(rig.spec.main), map(SECTORS, 10));
    await writeFile(mapfilePath(rig.spec.spares[0]!), map(8192, at));
    await rig.assemble();
    const flags = await flagsOf('device', 100);
    assert.equal(flags[10], NOT_RESCUED);
    assert.equal(flags[20], REMAPPED | NOT_RESCUED);
    assert.equal(flags.filter((flag) => flag !== 0).length, 2);
  });

  it('say where the large table is', async () => {
    await rig.device.injectErrors({ sectors: [[0, 2100]] });
    await rig.device.write(0, new Uint8Array(2100 * 512));
    const flags = await flagsOf('spare', 1000);
    for (let sector = 0; sector < flags.length; sector++) {
      const { kind } = rig.device.origins('spare', sector, 1)[0]!;
      assert.equal(flags[sector] === METADATA, kind === 'metadata' || kind === 'table', `sector ${sector}`);
      assert.equal(flags[sector] === REMAPPED, kind === 'spare', `sector ${sector}`);
    }
  });
});
