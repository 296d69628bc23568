import assert from 'node:assert/strict';
import { TableRoom } from '../../../../src/engine/metadata/tableRoom';

const SECTORS = 2000;

function roomOf(): { room: TableRoom; limits: number[]; allocator: { nextSpare: number } } {
  const room = new TableRoom(SECTORS);
  const limits: number[] = [];
  const allocator = { nextSpare: 1280, setLimit: (sector: number) => limits.push(sector) };
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

  it('leaves the data alone: those of the commit, those handed out since, and the copies', () => {
    const { room, allocator } = roomOf();
    assert.equal(room.take(100, 1801), undefined);
    allocator.nextSpare = 1801;
    assert.equal(room.take(100, 0), undefined);
    allocator.nextSpare = 0;
    assert.equal(room.take(361, 0), undefined);
    assert.equal(room.limit, SECTORS);
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
