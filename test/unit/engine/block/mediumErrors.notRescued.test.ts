import assert from 'node:assert/strict';
import { SECTOR_SIZE } from '../../../../src/engine/block/blockDevice';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { type NotRescuedStatus, tagOfStatus } from '../../../../src/engine/block/notRescued';
import { RangeSet } from '../../../../src/engine/block/rangeSet';
import type { SectorRange } from '../../../../src/engine/errors';
import { assertFailed } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { assertSectors, patternBytes, readSectors } from '../../../support/block/sectors';

type Run = readonly [first: number, count: number, status: NotRescuedStatus];

function stack(...runs: Run[]) {
  const disk = new ScriptedDevice(new MemoryDevice(100));
  const notRescued = RangeSet.from(
    runs.map(([first, count, status]) => [first, count, tagOfStatus(status)] as const),
  );
  const layer = new MediumErrors(disk, { path: 'main.img', notRescued });
  const changes: SectorRange[][] = [];
  layer.onDidChange(({ sectors }) => changes.push([...sectors]));
  return { disk, layer, changes };
}

describe('MediumErrors over sectors that were not rescued', () => {
  it('fails reads of exactly these, in words of their own, and gives zeros in their place', async () => {
    const { disk, layer } = stack([10, 2, '?'], [12, 1, '*'], [15, 1, '/']);
    await disk.write(0, patternBytes(0, 100));
    layer.inject([[17, 1]], { mode: 'error' });
    const buffer = new Uint8Array(10 * SECTOR_SIZE).fill(0xee);
    const error = await assertFailed(layer.read(9, buffer), 'EIO', [
      [10, 3],
      [15, 1],
      [17, 1],
    ]);
    assert.equal(
      error.message,
      'medium error on main.img: cannot read sector 17; sectors 10 to 11 were not rescued: never tried; ' +
        'sector 12 was not rescued: not trimmed; sector 15 was not rescued: not scraped',
    );
    const expected = patternBytes(9, 10);
    for (const failed of [1, 2, 3, 6, 8]) expected.fill(0, failed * SECTOR_SIZE, (failed + 1) * SECTOR_SIZE);
    assertSectors(buffer, expected, 9);
    const alone = await assertFailed(layer.read(15, new Uint8Array(SECTOR_SIZE)), 'EIO', [[15, 1]]);
    assert.equal(alone.message, 'cannot read on main.img: sector 15 was not rescued: not scraped');
  });

  it('does not report those that the caller skips', async () => {
    const { layer } = stack([10, 4, '?']);
    await assertFailed(layer.read(8, new Uint8Array(5 * SECTOR_SIZE), { skip: [[11, 1]] }), 'EIO', [
      [10, 1],
      [12, 1],
    ]);
    await layer.read(8, new Uint8Array(3 * SECTOR_SIZE), { skip: [[10, 1]] });
  });

  it('lets a write make them readable, and a discard too', async () => {
    const { disk, layer, changes } = stack([10, 4, '?'], [20, 2, '*']);
    await layer.write(12, patternBytes(12, 4));
    await layer.discard(21, 1);
    assert.deepEqual(disk.trace(), ['write 12+4', 'discard 21+1']);
    assert.deepEqual(
      [...layer.notRescued],
      [
        [10, 2],
        [20, 1],
      ],
    );
    assert.deepEqual(changes, [[[12, 2]], [[21, 1]]]);
    assertSectors(await readSectors(layer, 12, 4), patternBytes(12, 4), 12);
  });

  it('leaves those as they are whose write failed below', async () => {
    const { disk, layer } = stack([10, 4, '?']);
    disk.fail({ operations: ['write'], after: 0, duration: 'once', failing: () => [[11, 1]] });
    await assertFailed(layer.write(10, patternBytes(10, 4)), 'EIO', [[11, 1]]);
    assert.deepEqual([...layer.notRescued], [[11, 1]]);
  });

  it('fails them while disabled too, also where a fault was injected over them', async () => {
    const { layer } = stack([10, 4, '?']);
    layer.inject([[9, 3]], { mode: 'error' });
    assert.deepEqual([...layer.badSectors, ...layer.notRescued], [
      [9, 3],
      [12, 2],
    ] satisfies SectorRange[]);
    layer.enabled = false;
    await assertFailed(layer.read(8, new Uint8Array(6 * SECTOR_SIZE)), 'EIO', [[10, 4]]);
    await layer.write(10, patternBytes(10, 1));
    await assertFailed(layer.read(8, new Uint8Array(6 * SECTOR_SIZE)), 'EIO', [[11, 3]]);
  });

  it('makes them readable when all is cleared', async () => {
    const { layer } = stack([10, 4, '?']);
    layer.inject([[11, 1]], { mode: 'dust' });
    assert.equal(layer.clear(), 1);
    await layer.read(0, new Uint8Array(100 * SECTOR_SIZE));
    assert.deepEqual([layer.badSectors.sectorCount, layer.notRescued.sectorCount], [0, 0]);
  });
});
