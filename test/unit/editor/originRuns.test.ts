import assert from 'node:assert/strict';
import { OriginRuns } from '../../../src/editor/originRuns';

describe('sector editor: origins', () => {
  it('join where one continues the other', () => {
    const runs = new OriginRuns();
    runs.add(0, 2, { kind: 'main', sector: 0 });
    runs.add(2, 1, { kind: 'main', sector: 2 });
    runs.add(3, 1, { kind: 'spare', sector: 1300, view: 'spare' });
    runs.add(4, 1, { kind: 'spare', sector: 1301, view: 'spare' });
    runs.add(5, 1, { kind: 'spare', sector: 1302, view: 'spare1' });
    runs.add(6, 1, { kind: 'spare', sector: 1400, view: 'spare1' });
    runs.add(8, 1, { kind: 'bad' });
    runs.add(9, 1, { kind: 'bad' });
    assert.deepEqual(
      runs.list.map(({ first, count }) => [first, count]),
      [
        [0, 3],
        [3, 2],
        [5, 1],
        [6, 1],
        [8, 2],
      ],
    );
  });
});
