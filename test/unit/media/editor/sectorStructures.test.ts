import assert from 'node:assert/strict';
import type { Connection } from '../../../../media/editor/connection';
import type { OpenView } from '../../../../media/editor/openView';
import { SectorStructures } from '../../../../media/editor/sectorStructures';
import { turn } from '../../../support/turns';

function rig() {
  const asked: number[] = [];
  let fails = false;
  const connection = {
    request: async (_kind: string, { sector }: { sector: number }) => {
      asked.push(sector);
      if (fails) throw new Error('no answer');
      return [{ name: `of ${sector}` }];
    },
  };
  const shown: string[] = [];
  const structures = new SectorStructures(connection as unknown as Connection, (found) =>
    shown.push(found.map(({ name }) => name).join()),
  );
  const view = { info: { id: 'file', byteCount: 1e6 }, cursor: { byteOffset: 0 } } as unknown as OpenView;
  return {
    structures,
    asked,
    shown,
    view,
    fail: (now: boolean) => {
      fails = now;
    },
  };
}

describe('sector editor: asking for structures', () => {
  it('asks once for each sector, for the cursor and the hover alike, until bytes changed', async () => {
    const { structures, asked, shown, view } = rig();
    structures.cursorMoved(view, true);
    await turn();
    assert.deepEqual([asked, shown], [[0], ['of 0']]);
    await structures.at(view, 0);
    await structures.at(view, 7);
    await structures.at(view, 7);
    assert.deepEqual(asked, [0, 7]);
    structures.forget();
    structures.cursorMoved(view, true);
    assert.deepEqual(asked, [0, 7, 0]);
  });

  it('keeps few answers, and none of another view', async () => {
    const { structures, asked, view } = rig();
    for (let sector = 0; sector < 100; sector++) await structures.at(view, sector);
    await structures.at(view, 99);
    assert.equal(asked.length, 100);
    await structures.at(view, 0);
    assert.equal(asked.length, 101);
    await structures.at({ ...view } as OpenView, 0);
    assert.equal(asked.length, 102);
  });

  it('has none where there is no answer, and asks again', async () => {
    const { structures, asked, view, fail } = rig();
    fail(true);
    assert.deepEqual(await structures.at(view, 3), []);
    fail(false);
    assert.equal((await structures.at(view, 3)).length, 1);
    assert.deepEqual(asked, [3, 3]);
  });

  it('asks nothing of an empty view', async () => {
    const { structures, asked, view } = rig();
    structures.cursorMoved({ ...view, info: { ...view.info, byteCount: 0 } } as OpenView, true);
    await turn();
    assert.deepEqual(asked, []);
  });
});
