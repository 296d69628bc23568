import assert from 'node:assert/strict';
import type { Connection } from '../../../../media/editor/connection';
import { FoldUpdates } from '../../../../media/editor/foldUpdates';
import { OpenView } from '../../../../media/editor/openView';
import { type EqualRun, MAX_EQUAL_SECTORS } from '../../../../src/shared/protocol';
import { turns } from '../../../support/turns';

/** A view that is zeros throughout, as the extension finds them by reading. */
function rig(sectorCount: number, runsOf = zeros) {
  const info = {
    id: 'file',
    label: '',
    description: '',
    byteCount: sectorCount * 512,
    readOnlyReason: null,
  } as const;
  const never = () => new Promise<never>(() => {});
  const open = new OpenView(info, 16, never, () => {});
  const asked: number[] = [];
  const connection = {
    request: async (
      _kind: string,
      { firstSector, sectorCount: count }: { firstSector: number; sectorCount: number },
    ) => {
      asked.push(firstSector);
      return runsOf(firstSector, count);
    },
  };
  const folds = new FoldUpdates(
    connection as unknown as Connection,
    () => open,
    () => {
      open.shape(16);
      shown();
    },
  );
  /** The first rows are in view. */
  const shown = () => folds.shown(open.geometry.sectorsOfRows(0, Math.min(40, open.geometry.rowCount)));
  return { open, folds, asked, shown };
}

function zeros(first: number, count: number): EqualRun[] {
  return [{ first, count, content: '00' }];
}

const places = ({ geometry }: OpenView) => {
  const rows = Array.from({ length: Math.min(3, geometry.rowCount) }, (_, row) => geometry.row(row));
  return rows.flatMap((row) => (row.kind === 'fold' ? [[row.fold.first, row.fold.count]] : []));
};

describe('updates of the folds', () => {
  it('read nothing until folding is turned on', async () => {
    const { folds, asked, shown, open } = rig(100_000);
    folds.viewChanged();
    shown();
    await turns(5);
    assert.deepEqual([asked, places(open)], [[], []]);
  });

  it('follow a run in bounded steps, and go on when a person moves on', async () => {
    const windows = 100;
    const { folds, asked, open, shown } = rig(windows * MAX_EQUAL_SECTORS);
    folds.turn(true);
    await turns(500);
    assert.equal(asked.length, 32, 'not the whole of the disk');
    assert.deepEqual(places(open), [[0, 32 * MAX_EQUAL_SECTORS]]);
    shown();
    await turns(50);
    assert.equal(asked.length, 32, 'nothing moved');
    folds.shown([[32 * MAX_EQUAL_SECTORS + 5, 32 * MAX_EQUAL_SECTORS + 9]]);
    await turns(500);
    assert.equal(asked.length, 64);
    assert.equal(new Set(asked).size, 64, 'no window twice');
  });

  it('fold holes without reading them, and what is between by reading', async () => {
    const { folds, asked, open } = rig(2 ** 35, (first, count) => [
      { first: first + 100, count: count - 200, content: 'ff' },
    ]);
    folds.holesFound(Float64Array.of(0, 2 ** 34));
    folds.turn(true);
    await turns(20);
    assert.deepEqual(places(open), [[0, 2 ** 34]]);
    assert.deepEqual(asked, [2 ** 34, 2 ** 34 + MAX_EQUAL_SECTORS].slice(0, asked.length));
  });

  it('show what changed at once, and look through it again', async () => {
    const { folds, asked, open } = rig(MAX_EQUAL_SECTORS, (first, count) =>
      asked.length === 1 ? zeros(first, count) : [{ first, count: 50, content: '00' }],
    );
    folds.turn(true);
    await turns(20);
    assert.deepEqual(places(open), [[0, MAX_EQUAL_SECTORS]]);
    folds.bytesChanged([[50, 1]]);
    assert.deepEqual(places(open), [[0, 50]]);
    await turns(20);
    assert.deepEqual(asked, [0, 0]);
  });

  it('open a fold and fold it again from its start', async () => {
    const { folds, open } = rig(MAX_EQUAL_SECTORS);
    assert.equal(folds.openAt(7), false, 'off');
    folds.turn(true);
    await turns(20);
    assert.equal(folds.openAt(7), true);
    assert.deepEqual(places(open), []);
    assert.equal(folds.openAt(7), false);
    assert.equal(folds.closeAt(7), false, 'not its start');
    assert.equal(folds.closeAt(0), true);
    assert.deepEqual(places(open), [[0, MAX_EQUAL_SECTORS]]);
    folds.turn(false);
    assert.deepEqual(places(open), []);
  });
});
