import assert from 'node:assert/strict';
import fc from 'fast-check';
import { MapZoom } from '../../../../media/editor/mapZoom';

describe('the zoom of the large map', () => {
  it('goes down to a sector a block and back to the whole, around a sector', () => {
    const zoom = new MapZoom(100_000, 100);
    assert.ok(zoom.isWhole);
    for (let i = 0; i < 20; i++) zoom.zoom(1, 70_000);
    const { firstSector, sectorCount, bucketCount } = zoom.part;
    assert.deepEqual([sectorCount, bucketCount], [100, 100]);
    assert.ok(firstSector <= 70_000 && 70_000 < firstSector + 100);
    zoom.reveal(69_000);
    assert.equal(zoom.part.firstSector, 69_000);
    zoom.reveal(70_000);
    assert.equal(zoom.part.firstSector, 69_901);
    zoom.showAll();
    assert.deepEqual(zoom.part, { firstSector: 0, sectorCount: 100_000, bucketCount: 100 });
  });

  it('always shows a part of the view, with the sector that it was zoomed around', () => {
    const steps = fc.array(
      fc.tuple(fc.constantFrom(1 as const, -1 as const), fc.double({ min: 0, max: 1, noNaN: true })),
    );
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2 ** 35 }),
        fc.integer({ min: 1, max: 4096 }),
        steps,
        (sectors, capacity, all) => {
          const zoom = new MapZoom(sectors, capacity);
          for (const [direction, share] of all) {
            const before = zoom.part;
            const sector = before.firstSector + Math.floor(share * (before.sectorCount - 1));
            zoom.zoom(direction, sector);
            const { firstSector, sectorCount, bucketCount } = zoom.part;
            assert.ok(firstSector >= 0 && firstSector + sectorCount <= sectors && bucketCount <= sectorCount);
            assert.ok(firstSector <= sector && sector < firstSector + sectorCount, 'the sector is shown');
          }
        },
      ),
    );
  });

  it('shows a small view whole at any size', () => {
    const zoom = new MapZoom(3, 100);
    zoom.zoom(1, 1);
    assert.deepEqual(zoom.part, { firstSector: 0, sectorCount: 3, bucketCount: 3 });
    zoom.resize(2);
    assert.equal(zoom.part.bucketCount, 2);
  });
});
