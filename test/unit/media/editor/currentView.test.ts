import assert from 'node:assert/strict';
import type { Connection } from '../../../../media/editor/connection';
import { CurrentView } from '../../../../media/editor/currentView';
import { placedAt } from '../../../../media/editor/cursor';
import { ScrollModel } from '../../../../media/editor/geometry';
import type { PageLayout } from '../../../../media/editor/pageLayout';
import { Places } from '../../../../media/editor/places';
import type { SavedState } from '../../../../media/editor/savedState';
import type { SidePanels } from '../../../../media/editor/sidePanels';
import type { Asks, ToExtension, ViewId, ViewInfo } from '../../../../src/shared/protocol';
import { turn } from '../../../support/turns';

const info = (id: ViewId, byteCount = 1000 * 512): ViewInfo => ({
  id,
  label: id,
  description: '',
  byteCount,
  readOnlyReason: null,
});
const VIEWS = [info('device'), info('main'), info('spare', 0)];

function rig(saved?: SavedState) {
  const log: string[] = [];
  const sent: ToExtension[] = [];
  const reads: Asks<'read'>[] = [];
  const note = (text: string) => () => void log.push(text);
  const scroll = new ScrollModel(33_000, 20, 200);
  const layout = {
    grid: {
      scroll,
      fittingBytesPerRow: 16,
      refresh: note('refresh'),
      flash: note('flash'),
      tellSectorsShown: () => log.push(`sectors shown from row ${scroll.firstRow}`),
    },
    showView: (_: unknown, { id }: ViewInfo) => log.push(`view ${id}`),
    relayout: (topByte: number) => log.push(`top ${topByte}`),
    showPosition: note('position'),
  };
  const panels = {
    inspectorOpen: false,
    viewChanged: note('panels: view'),
    bytesChanged: note('panels: bytes'),
    showCursor: note('panels: cursor'),
  };
  const connection = {
    send: (message: ToExtension) => sent.push(message),
    request: async (_: 'read', asks: Asks<'read'>) => {
      reads.push(asks);
      const bytes = new Uint8Array(asks.sectorCount * 512);
      return { firstSector: asks.firstSector, bytes, unreadable: [], origins: [], unsaved: [] };
    },
  };
  let kept = saved;
  const store = {
    getState: () => kept,
    setState: (state: SavedState) => {
      kept = state;
    },
  };
  const view = new CurrentView(
    connection as unknown as Connection,
    layout as unknown as PageLayout,
    panels as unknown as SidePanels,
    new Places(store),
    note('leave'),
  );
  return { view, log, sent, reads, scroll, kept: () => kept };
}

const state = {
  topByte: 512,
  cursor: 600,
  anchor: 590,
  column: 'text',
  inspectorOpen: false,
  stops: { back: [], forward: [] },
} as const;

describe('sector editor: current view', () => {
  it('is the first one of a document, from its start', () => {
    const { view, log, sent } = rig();
    view.setViews(VIEWS);
    assert.equal(view.open?.info.id, 'device');
    assert.deepEqual(log.slice(0, 2), ['view device', 'top 0']);
    assert.deepEqual(sent, [{ type: 'selection', selection: { view: 'device', start: 0, end: 1 } }]);
  });

  it('is the one that an earlier page left, at its place', () => {
    const { view, log, sent } = rig({ view: 'main', ...state });
    view.setViews(VIEWS);
    assert.deepEqual(log.slice(0, 2), ['view main', 'top 512']);
    assert.equal(view.open?.cursor.column, 'text');
    assert.deepEqual(sent, [{ type: 'selection', selection: { view: 'main', start: 590, end: 601 } }]);
  });

  it('stays when the document is opened again, and is the first one if its id is gone', () => {
    const { view, log } = rig();
    view.setViews(VIEWS);
    view.show('main');
    view.setViews(VIEWS);
    assert.equal(view.open?.info.id, 'main');
    view.setViews([info('file')]);
    assert.equal(view.open?.info.id, 'file');
    assert.equal(log.filter((entry) => entry === 'leave').length, 3);
  });

  it('keeps the place in each view, inside the size that it has now', () => {
    const { view } = rig();
    view.setViews(VIEWS);
    view.setCursor(placedAt(view.open!.cursor, 5000));
    view.show('main');
    assert.equal(view.open?.cursor.byteOffset, 0);
    view.show('device');
    assert.equal(view.open?.cursor.byteOffset, 5000);
    view.setViews([info('device', 100)]);
    assert.equal(view.open?.cursor.byteOffset, 99);
  });

  it('scrolls to the cursor, tells the extension of the selection and saves the place', () => {
    const { view, sent, scroll, kept } = rig();
    view.setViews(VIEWS);
    view.setCursor({ ...view.open!.cursor, anchor: 5000, byteOffset: 2 ** 40 });
    assert.equal(scroll.isVisible(view.open!.geometry.rowOfByte(511_999)), true);
    const selection = { view: 'device', start: 5000, end: 512_000 };
    assert.deepEqual(sent.at(-1), { type: 'selection', selection });
    assert.deepEqual([kept()?.cursor, kept()?.anchor], [511_999, 5000]);
  });

  it('asks for the sectors that the cursor goes to before it draws them', () => {
    const { view, log } = rig();
    view.setViews(VIEWS);
    log.length = 0;
    view.setCursor(placedAt(view.open!.cursor, 20_000));
    assert.match(log[0]!, /^sectors shown from row [1-9]/);
    assert.ok(log.includes('refresh'));
  });

  it('has no cursor in an empty view', () => {
    const { view, sent } = rig();
    view.setViews(VIEWS);
    view.show('spare');
    const { length } = sent;
    view.setCursor(placedAt(view.open!.cursor, 5));
    assert.equal(view.open?.cursor.byteOffset, 0);
    assert.equal(sent.length, length);
  });

  it('reads again what changed in it, and nothing for a change in another view', async () => {
    const { view, log, reads } = rig();
    view.setViews(VIEWS);
    view.open!.cache.want([[0, 1]], -1);
    await turn();
    view.changed('main', null);
    await turn();
    assert.equal(reads.length, 1);
    view.changed('device', [[5, 1]]);
    view.changed(null, null);
    assert.deepEqual(log.slice(-3), ['panels: bytes', 'refresh', 'panels: cursor']);
    await turn();
    assert.ok(reads.length > 1);
    assert.deepEqual(reads.at(-1), { view: 'device', firstSector: 0, sectorCount: 128 });
  });

  it('is none after it was closed', () => {
    const { view, log } = rig();
    view.setViews(VIEWS);
    view.close();
    assert.equal(view.open, null);
    log.length = 0;
    view.changed(null, null);
    view.close();
    assert.deepEqual(log, []);
  });
});
