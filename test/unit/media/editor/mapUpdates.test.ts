import assert from 'node:assert/strict';
import type { Connection } from '../../../../media/editor/connection';
import { Geometry } from '../../../../media/editor/geometry';
import { type MapContent, totalOf } from '../../../../media/editor/mapModel';
import { MapUpdates } from '../../../../media/editor/mapUpdates';
import type { OpenView } from '../../../../media/editor/openView';
import type { PageLayout } from '../../../../media/editor/pageLayout';
import type { MapPart } from '../../../../src/shared/sectorMap';
import { turn } from '../../../support/turns';

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const SECTORS = 1000;

/** The maps of a view of 1000 sectors; the large one shows a part of it, if any. */
function rig(panelPart: MapPart | null) {
  const asked: { kind: string; asks: unknown }[] = [];
  const shown = { strip: [] as MapContent[], panel: [] as MapContent[], counts: [] as unknown[] };
  const holes: (Float64Array | null)[] = [];
  const answers = {
    map: (part: MapPart) => [{ kind: 'bad', counts: new Float64Array(part.bucketCount).fill(1) }],
    emptyRuns: (): Float64Array | null => Float64Array.of(0, 300),
    owners: (part: MapPart) => [{ kind: 'file', counts: new Float64Array(part.bucketCount).fill(2) }],
  };
  const connection = {
    request: async (kind: 'map' | 'emptyRuns' | 'owners', asks: MapPart) => {
      asked.push({ kind, asks });
      if (kind === 'emptyRuns') await pause(5);
      return answers[kind](asks);
    },
  };
  const layout = {
    map: { height: 10, show: (map: MapContent) => shown.strip.push(map) },
    mapPanel: {
      wanted: panelPart,
      showsOwners: false,
      viewChanged: () => {},
      show: (map: MapContent) => shown.panel.push(map),
    },
    toolbar: { showCounts: (counts: unknown) => shown.counts.push(counts) },
    status: { say: (message: string) => assert.fail(message) },
  };
  const geometry = new Geometry(SECTORS * 512, 16);
  const open = { info: { id: 'file', byteCount: SECTORS * 512 }, geometry };
  const maps = new MapUpdates(
    connection as unknown as Connection,
    layout as unknown as PageLayout,
    () => open as unknown as OpenView,
    (runs) => holes.push(runs),
  );
  return { maps, asked, shown, answers, layout, holes };
}

describe('sector editor: updates of the maps', () => {
  it('ask for the whole view beside the grid, for a part in the large map, and for holes', async () => {
    const part = { firstSector: 200, sectorCount: 200, bucketCount: 20 };
    const { maps, asked, shown } = rig(part);
    maps.viewChanged();
    await pause(20);
    assert.deepEqual(asked, [
      { kind: 'map', asks: { view: 'file', firstSector: 0, sectorCount: SECTORS, bucketCount: 10 } },
      { kind: 'map', asks: { view: 'file', ...part } },
      { kind: 'emptyRuns', asks: { view: 'file' } },
    ]);
    assert.deepEqual(shown.counts.at(-1), { bad: 10, notRescued: 0, marker: 0, unsaved: 0 });
    const { layers } = shown.panel.at(-1)!;
    assert.deepEqual([totalOf(layers, 'empty'), totalOf(layers, 'written')], [100, 80]);
  });

  it('ask whose the sectors of the large map are while a person wants to see it', async () => {
    const { maps, asked, shown, layout } = rig({ firstSector: 200, sectorCount: 200, bucketCount: 20 });
    layout.mapPanel.showsOwners = true;
    maps.viewChanged();
    await pause(20);
    assert.ok(asked.some(({ kind }) => kind === 'owners'));
    assert.equal(totalOf(shown.panel.at(-1)!.layers, 'file'), 40);
    layout.mapPanel.showsOwners = false;
    maps.partChanged();
    await pause(200);
    assert.equal(totalOf(shown.panel.at(-1)!.layers, 'file'), null);
  });

  it('ask once after a burst of changes, and seldom for holes', async () => {
    const { maps, asked } = rig(null);
    maps.viewChanged();
    await pause(20);
    for (let i = 0; i < 20; i++) maps.bytesChanged();
    await pause(250);
    assert.deepEqual(
      asked.map(({ kind }) => kind),
      ['map', 'emptyRuns', 'map'],
    );
  });

  it('tell of holes for folding, but of none that may have been filled since they were asked for', async () => {
    const { maps, holes, asked } = rig(null);
    maps.viewChanged();
    await pause(20);
    assert.deepEqual(holes, [Float64Array.of(0, 300)]);
    maps.viewChanged();
    while (asked.filter(({ kind }) => kind === 'emptyRuns').length < 2) await pause(0);
    maps.bytesChanged();
    await pause(20);
    assert.equal(holes.length, 1);
  });

  it('show no holes where they are not known, and matches at once', async () => {
    const { maps, shown, answers } = rig(null);
    answers.emptyRuns = () => null;
    maps.viewChanged();
    await pause(20);
    maps.showMatches([{ byteOffset: 600 }]);
    await turn();
    const { layers } = shown.strip.at(-1)!;
    assert.deepEqual([totalOf(layers, 'empty'), totalOf(layers, 'match')], [null, 1]);
    maps.showMatches([]);
    assert.equal(totalOf(shown.strip.at(-1)!.layers, 'match'), null);
  });
});
