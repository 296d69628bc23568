import assert from 'node:assert/strict';
import { ComparisonScan } from '../../../src/editor/comparisonScan';
import { DataRuns } from '../../../src/engine/block/dataRuns';
import { ComparedBytes } from '../../support/extension/comparedDocument';
import { turns } from '../../support/turns';

async function ended(scan: ComparisonScan): Promise<void> {
  while (scan.state === 'looking') await turns(5);
}

describe('the search for differences of two editors', () => {
  it('finds what differs, and what is unknown', async () => {
    const [one, other] = [ComparedBytes.of(1, 2, 3, 4, 5), ComparedBytes.of(1, 9, 9, 4, 5)];
    one.failing.add(4);
    const states: string[] = [];
    const scan = new ComparisonScan([one.from(), other.from()], () => states.push(scan.state));
    scan.restart();
    await ended(scan);
    assert.deepEqual(scan.differences.first(9), [[1, 2]]);
    assert.equal(scan.differences.counts.unknown, 1);
    assert.deepEqual([scan.fraction, states[0], states.at(-1)], [1, 'looking', 'done']);
  });

  it('looks again only where something changed, also while it is looking', async () => {
    const [one, other] = [ComparedBytes.of(1, 2, 3), ComparedBytes.of(1, 2, 3)];
    const scan = new ComparisonScan([one.from(), other.from()], () => undefined);
    scan.restart();
    other.bytes[0] = 7;
    scan.changed([[0, 1]]);
    await ended(scan);
    assert.deepEqual(scan.differences.first(9), [[0, 1]]);
    one.sectorsRead = 0;
    other.bytes[0] = 1;
    other.bytes[1024] = 7;
    scan.changed([
      [-3, 4],
      [2, 100],
    ]);
    await ended(scan);
    assert.deepEqual(scan.differences.first(9), [[2, 1]]);
    assert.equal(one.sectorsRead, 2);
  });

  it('stops when told to, and goes on from there', async () => {
    const [one, other] = [ComparedBytes.of(1, 2), ComparedBytes.of(1, 3)];
    const scan = new ComparisonScan([one.from(), other.from()], () => undefined);
    scan.restart();
    scan.stop();
    await turns(20);
    assert.deepEqual([scan.state, scan.nextSector, scan.differences.counts.runs], ['stopped', 0, 0]);
    scan.changed([[1, 1]]);
    assert.equal(scan.state, 'stopped');
    scan.goOn();
    await ended(scan);
    assert.deepEqual([scan.state, scan.differences.first(9)], ['done', [[1, 1]]]);
  });

  it('says why it failed, and goes on once something changed', async () => {
    const [one, other] = [ComparedBytes.of(1), ComparedBytes.of(2)];
    const source = one.source;
    let isBroken = true;
    async function fail(...args: Parameters<typeof one.edits.read>) {
      if (isBroken) throw new Error('the cable is out');
      return one.edits.read(...args);
    }
    const document = {
      source,
      edits: {
        read: fail,
        show: one.edits.show.bind(one.edits),
        editedSectors: () => [],
      },
    };
    const scan = new ComparisonScan([{ ...one.from(), document }, other.from()], () => undefined);
    scan.restart();
    await ended(scan);
    assert.deepEqual([scan.state, scan.failure], ['failed', 'the cable is out']);
    isBroken = false;
    scan.changed([[0, 1]]);
    await ended(scan);
    assert.deepEqual([scan.state, scan.differences.counts.runs], ['done', 1]);
  });

  it('reads no holes of large images', async () => {
    const size = 20 * 2 ** 20;
    const [one, other] = [new ComparedBytes(Buffer.alloc(size)), new ComparedBytes(Buffer.alloc(size))];
    for (const each of [one, other]) each.data = [];
    await other.edits.apply('file', 512 * 1000, Uint8Array.of(1));
    one.sectorsRead = 0;
    const scan = new ComparisonScan([one.from(), other.from()], () => undefined);
    scan.restart();
    await ended(scan);
    assert.deepEqual(scan.differences.first(9), [[1000, 1]]);
    assert.equal(one.sectorsRead, 1);
  });

  it('looks for holes anew once something changed, so that what is written into one is found', async () => {
    const size = 20 * 2 ** 20;
    const [one, other] = [new ComparedBytes(Buffer.alloc(size)), new ComparedBytes(Buffer.alloc(size))];
    for (const each of [one, other]) each.data = [];
    const scan = new ComparisonScan([one.from(), other.from()], () => undefined);
    other.onFindData = async () => {
      other.onFindData = null;
      other.bytes[512 * 5] = 1;
      other.data = [512 * 5, 512 * 6];
      scan.changed([[0, size / 512]]);
      return new DataRuns(new Float64Array());
    };
    scan.restart();
    await ended(scan);
    assert.deepEqual(scan.differences.first(9), [[5, 1]]);
  });
});
