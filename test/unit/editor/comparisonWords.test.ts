import assert from 'node:assert/strict';
import { comparisonWords } from '../../../src/editor/comparisonWords';
import { Differences } from '../../../src/editor/differences';

describe('what is said of a comparison', () => {
  const same = { own: 100, other: 100 };
  const scan = {
    state: 'done' as const,
    failure: '',
    fraction: 0.456,
    nextSector: 45,
    sectorCount: 100,
    differences: new Differences(),
  };

  it('is how many differences there are, and whether it still looks', () => {
    assert.equal(comparisonWords(scan, 'pair main', 0, same), 'Compared with pair main: no difference');
    const found = { ...scan, differences: new Differences(0) };
    assert.equal(
      comparisonWords({ ...found, state: 'looking' }, 'b', 0, same),
      'Compared with b: no difference so far · looking, 45 %',
    );
    found.differences.addDiffering(3, 4);
    found.differences.addUnknown(9, 2);
    assert.equal(
      comparisonWords(found, 'b', 0, same),
      'Compared with b: 1 difference in 4 sectors · 2 sectors unknown, which can’t be read in one or both',
    );
    assert.match(
      comparisonWords({ ...found, state: 'stopped' }, 'b', 10, same),
      /so far .* · stopped before sector 55: these are too many$/,
    );
  });

  it('names the sectors that only one side has, and why it stopped', () => {
    assert.match(
      comparisonWords(scan, 'b', 0, { own: 104, other: 100 }),
      / · 4 sectors \(2 KiB\) at the end only here$/,
    );
    assert.match(
      comparisonWords(scan, 'b', 0, { own: 1, other: 2 }),
      / · 1 sector \(512 bytes\) at the end only there$/,
    );
    assert.match(
      comparisonWords({ ...scan, state: 'stopped' }, 'b', 256, same),
      / · stopped before sector 301$/,
    );
    assert.match(
      comparisonWords({ ...scan, state: 'failed', failure: 'pair is suspended.' }, 'b', 0, same),
      / · stopped: pair is suspended$/,
    );
  });
});
