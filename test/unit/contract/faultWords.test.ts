import assert from 'node:assert/strict';
import {
  describeFailing,
  describeFaults,
  describeFlakey,
  describeInjectedFile,
} from '../../../src/contract/faultWords';
import type { MediumFault } from '../../../src/engine';

describe('what a flakey layer does, in words', () => {
  const cases: Readonly<Record<string, string>> = {
    '0 1 1 error_reads': 'fails reads',
    '0 1': 'fails reads and writes',
    '5 2': 'fails reads and writes, 2 s of every 7 s',
    '0 1 1 drop_writes': 'loses writes',
    '0 1 5 corrupt_bio_byte 32 r 1 0': 'corrupts reads',
    '0 1 2 random_write_corrupt 500000': 'corrupts writes',
    '1 3 3 error_reads random_write_corrupt 500000': 'fails reads, corrupts writes, 3 s of every 4 s',
  };
  for (const [table, words] of Object.entries(cases))
    it(`${table}: ${words}`, () => assert.equal(describeFlakey(table), words));
});

describe('the faults of a device', () => {
  it('are its unreadable sectors and its flakey layer', () => {
    const none = { badSectors: 0, notRescued: 0, flakey: null };
    assert.equal(describeFaults(none), 'no faults');
    assert.equal(describeFaults({ ...none, flakey: '0 1 1 error_reads' }), 'main fails reads');
    assert.equal(
      describeFaults({ badSectors: 2, notRescued: 3, flakey: '0 1 1 drop_writes' }),
      '2 bad sectors, 3 not rescued, main loses writes',
    );
  });
});

describe('what is told of a file from which faults were injected', () => {
  const told = (injection: Parameters<typeof describeInjectedFile>[2]) =>
    describeInjectedFile('disk', 'a.table', injection);

  it('is that it names no bad sector, and which kernels take its table', () => {
    assert.equal(told({ sectors: 3, flakey: null, hints: [] }), null);
    assert.equal(told({ sectors: 3, flakey: '0 1', hints: [] }), null);
    assert.equal(
      told({ sectors: 0, flakey: '0 1 1 error_reads', hints: ['Old ones refuse it.'] }),
      'a.table names no bad sector: none was injected into disk. Its main fails reads now. Of the dm-flakey table in a.table: Old ones refuse it.',
    );
    assert.match(told({ sectors: 3, flakey: '0 1', hints: ['Some refuse it.'] })!, /^Of the dm-flakey table/);
  });
});

describe('how a sector fails, in words', () => {
  const faults: [MediumFault, RegExp][] = [
    [{ mode: 'error' }, /^Reads and writes fail until it is cleared$/],
    [{ mode: 'error', readFailures: 2 }, /^Writes fail, and 2 of each 3 reads$/],
    [{ mode: 'dust' }, /^Reads fail until it is written/],
    [{ mode: 'dust', writeFailures: 1 }, /and so do the next 1 write; the one after heals it/],
  ];
  const run = { first: 0, count: 1, kind: 'bad', isInjected: true, found: '+' } as const;
  for (const [fault, words] of faults)
    it(`${words}`, () => assert.match(describeFailing({ ...run, fault }), words));

  it('says of one that was not rescued why', () => {
    assert.match(
      describeFailing({ first: 0, count: 1, kind: 'notRescued', isInjected: false, found: '/' }),
      /^not scraped\. Reads fail until it is written/,
    );
  });
});
