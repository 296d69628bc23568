import assert from 'node:assert/strict';
import type { SectorRange } from '../../../../src/engine/errors';
import { TableRoom } from '../../../../src/engine/metadata/tableRoom';

const SECTORS = 2000;

function roomOf(): { room: TableRoom; limits: number[]; allocator: { used: SectorRange[] } } {
  const room = new TableRoom(SECTORS);
  const limits: number[] = [];
  const allocator = {
    used: [] as SectorRange[],
    badSectors: [],
    setLimit: (sector: number) => limits.push(sector),
  };
  room.attach(allocator);
  return { room, limits, allocator };
}

const tableOf = (startA: number, startB: number, sectorCount: number) => ({
  generation: 1,
  recordCount: 0,
  extents: [{ startA, startB, sectorCount }],
});

describe('TableRoom (R10)', () => {
  it('takes room downwards from the end, and tells the allocator at once', () => {
    const { room, limits } = roomOf();
    assert.deepEqual(room.take(10, 1280), { startA: 1990, startB: 1980, sectorCount: 10 });
    assert.deepEqual(room.take(5, 1280), { startA: 1975, startB: 1970, sectorCount: 5 });
    assert.equal(room.limit, 1970);
    assert.deepEqual(limits, [2000, 1980, 1970]);
  });

  it('leaves the data alone: those that the allocator handed out, and the copies', () => {
    const { room, allocator } = roomOf();
    allocator.used = [[1280, 521]];
    assert.equal(room.take(100, 0), undefined);
    allocator.used = [];
    assert.equal(room.take(361, 0), undefined);
    assert.equal(room.limit, SECTORS);
  });

  it('leaves all below the next spare sector of the commit alone where no allocator says what is used', () => {
    const room = new TableRoom(SECTORS);
    assert.equal(room.take(100, 1801), undefined);
    assert.deepEqual(room.take(99, 1801), { startA: 1901, startB: 1802, sectorCount: 99 });
  });

  it('finds room below data that lie high up', () => {
    const { room, allocator } = roomOf();
    allocator.used = [
      [1280, 100],
      [1995, 1],
    ];
    assert.deepEqual(room.take(10, 1996), { startA: 1985, startB: 1975, sectorCount: 10 });
    assert.equal(room.limit, 1975);
  });

  it('gives back room that no copy names, and never what one may name', () => {
    const { room } = roomOf();
    room.take(10, 1280);
    room.setNamed([tableOf(1990, 1980, 10)]);
    assert.equal(room.take(10, 1280)?.startA, 1970);
    room.setNamed([tableOf(1970, 1960, 10)]);
    assert.equal(room.limit, 1960);
    assert.deepEqual(room.take(10, 1280), { startA: 1990, startB: 1980, sectorCount: 10 });
    room.setNamed([]);
    assert.equal(room.limit, SECTORS);
  });

  it('goes around bad sectors', () => {
    const { room } = roomOf();
    room.markBad([1995]);
    assert.deepEqual(room.take(10, 1280), { startA: 1985, startB: 1975, sectorCount: 10 });
  });
});
