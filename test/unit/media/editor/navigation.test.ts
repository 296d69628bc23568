import assert from 'node:assert/strict';
import type { RequestOptions } from '../../../../media/editor/connection';
import { placedAt } from '../../../../media/editor/cursor';
import { ScrollModel } from '../../../../media/editor/geometry';
import { Navigation } from '../../../../media/editor/navigation';
import { OpenView } from '../../../../media/editor/openView';
import { PlaceHistory } from '../../../../media/editor/placeHistory';
import type { Origin, ViewId } from '../../../../src/shared/protocol';
import { turn } from '../../../support/turns';

const SECTORS = 1000;
const ROW_HEIGHT = 20;
const ROWS_PER_SECTOR = 33;

interface Question {
  readonly kind: string;
  readonly asks: Record<string, unknown>;
  readonly options: RequestOptions;
  answer(result: unknown): Promise<void>;
  reject(message: string): Promise<void>;
}

/** A view of 1,000 sectors whose requests are answered when the test says so. */
function rig(id: ViewId = 'device', origins: ReadonlyMap<number, Origin> = new Map()) {
  const info = { id, label: '', description: '', byteCount: SECTORS * 512, readOnlyReason: null } as const;
  const fetch = async (firstSector: number, sectorCount: number) => ({
    firstSector,
    bytes: new Uint8Array(sectorCount * 512),
    unreadable: [],
    origins: [...origins].map(([first, origin]) => ({ first, count: 2, origin })),
    unsaved: [],
  });
  const scroll = new ScrollModel(SECTORS * ROWS_PER_SECTOR, ROW_HEIGHT, 10 * ROW_HEIGHT);
  const questions: Question[] = [];
  const said: string[] = [];
  /** Where the cursor last was in each view. */
  const places = new Map<ViewId, number>([
    ['device', 11],
    ['main', 12],
    ['spare', 13],
    ['spare1', 14],
  ]);
  const busy: { cancel(): void; texts: string[]; ended: boolean }[] = [];
  const context = {
    open: new OpenView(info, 16, fetch, () => {}) as OpenView | null,
    scroll,
    status: {
      say: (message: string) => said.push(message),
      busy: (message: string, cancel: () => void) => {
        const shown = { cancel, texts: [message], ended: false };
        busy.push(shown);
        return {
          progress: (text: string) => shown.texts.push(text),
          end: () => {
            shown.ended = true;
          },
        };
      },
    },
    setCursor: (cursor: OpenView['cursor']) => {
      context.open!.cursor = context.open!.clamp(cursor);
    },
    history: new PlaceHistory(),
    hasView: (view: ViewId) => places.has(view),
    showView: (view: ViewId) => {
      const shown = { ...info, id: view };
      context.open = new OpenView(shown, 16, fetch, () => {});
      context.open.cursor = placedAt(context.open.cursor, places.get(view)!);
    },
    openFold: () => {},
    focus: () => {},
    historyChanged: () => {},
  };
  const ask = (kind: string, asks: Record<string, unknown>, options: RequestOptions = {}) =>
    new Promise((resolve, reject) => {
      options.signal?.addEventListener('abort', () => reject(new Error('The request was given up.')));
      questions.push({
        kind,
        asks,
        options,
        answer: (result) => {
          resolve(result);
          return turn();
        },
        reject: (message) => {
          reject(new Error(message));
          return turn();
        },
      });
    });
  const navigation = new Navigation({ request: ask as never }, context);
  const at = (sector: number) => {
    context.open!.cursor = placedAt(context.open!.cursor, sector * 512);
  };
  const load = async (sector: number) => {
    context.open!.cache.want([[sector, sector + 1]], 1);
    await turn();
  };
  const place = () => [context.open!.info.id, context.open!.cursor.byteOffset];
  return { navigation, context, scroll, questions, said, places, place, busy, at, load };
}

describe('sector editor: going to a place', () => {
  it('puts it at the top, with the heading of its sector', () => {
    const { navigation, context, scroll } = rig();
    navigation.goTo(500 * 512);
    assert.equal(context.open!.cursor.byteOffset, 500 * 512);
    assert.equal(scroll.top, 500 * ROWS_PER_SECTOR * ROW_HEIGHT);
  });

  it('does not scroll to a place that is in the viewport', () => {
    const { navigation, context, scroll } = rig();
    navigation.goTo(40);
    assert.equal(context.open!.cursor.byteOffset, 40);
    assert.equal(scroll.top, 0);
  });

  it('selects a run of bytes with the cursor on the first, and ends with the view', () => {
    const { navigation, context } = rig();
    navigation.goTo(1000, 6);
    const { anchor, byteOffset } = context.open!.cursor;
    assert.deepEqual([byteOffset, anchor], [1000, 1005]);
    navigation.goTo(2 ** 40);
    assert.equal(context.open!.cursor.byteOffset, SECTORS * 512 - 1);
  });

  it('does nothing while there is no view', async () => {
    const { navigation, context, questions } = rig();
    context.open = null;
    navigation.goTo(5);
    await navigation.seek('bad', 'next');
    navigation.follow(0);
    navigation.switchTo('main');
    assert.equal(questions.length, 0);
  });
});

describe('sector editor: seeking a landmark', () => {
  it('asks from the sector after or before the cursor’s, and goes there', async () => {
    const { navigation, context, questions, busy, at } = rig();
    at(7);
    void navigation.seek('remapped', 'next');
    assert.deepEqual(questions[0]?.asks, {
      view: 'device',
      landmark: 'remapped',
      fromSector: 8,
      direction: 'next',
    });
    await questions[0]!.answer(300);
    assert.equal(context.open!.cursor.byteOffset, 300 * 512);
    assert.equal(busy[0]?.ended, true);
    void navigation.seek('bad', 'previous');
    assert.equal(questions[1]?.asks.fromSector, 299);
  });

  it('can begin at a given sector', () => {
    const { navigation, questions } = rig();
    void navigation.seek('bad', 'next', 500);
    assert.equal(questions[0]?.asks.fromSector, 500);
  });

  it('says that there is none, and does not ask beyond the ends', async () => {
    const { navigation, context, questions, said, at } = rig();
    at(7);
    void navigation.seek('nonZero', 'next');
    await questions[0]!.answer(null);
    assert.equal(context.open!.cursor.byteOffset, 7 * 512);
    at(0);
    await navigation.seek('bad', 'previous');
    at(SECTORS - 1);
    await navigation.seek('bad', 'next');
    assert.equal(questions.length, 1);
    assert.deepEqual(said, [
      'No non-zero sector after sector 7.',
      'No bad sector before sector 0.',
      'No bad sector after sector 999.',
    ]);
  });

  it('says how far it is, why it failed and that it was cancelled', async () => {
    const { navigation, questions, said, busy } = rig();
    void navigation.seek('bad', 'next');
    questions[0]!.options.onProgress?.(1 << 20, 1 << 30, []);
    assert.deepEqual(busy[0]?.texts, ['Looking for the next bad sector…', '1 MiB of 1 GiB']);
    await questions[0]!.reject('The device is gone.');
    void navigation.seek('bad', 'next');
    busy[1]!.cancel();
    await turn();
    assert.deepEqual(said, ['The device is gone.', 'Cancelled.']);
    assert.ok(busy.every(({ ended }) => ended));
  });

  it('is given up without a word when another one begins', async () => {
    const { navigation, questions, said } = rig();
    void navigation.seek('bad', 'next');
    void navigation.seek('remapped', 'next');
    await turn();
    assert.equal(questions[0]!.options.signal?.aborted, true);
    assert.equal(questions[1]!.options.signal?.aborted, false);
    assert.deepEqual(said, []);
  });
});

describe('sector editor: searching for bytes', () => {
  const wanted = {
    needles: [{ bytes: Uint8Array.of(1, 2, 3), mask: null, anyCase: false }],
    expression: null,
  };
  const never = new AbortController().signal;
  const NONE = { sectorCount: 0, runs: [] };

  it('begins at the selection, and selects the match', async () => {
    const { navigation, context, questions } = rig();
    context.open!.cursor = { ...context.open!.cursor, anchor: 40, byteOffset: 44 };
    const search = navigation.search(wanted, null, 'next', { signal: never, onProgress() {} });
    assert.deepEqual(questions[0]?.asks, {
      view: 'device',
      wanted,
      within: null,
      fromByte: 40,
      direction: 'next',
    });
    const found = { match: { byteOffset: 5000, byteCount: 3, wrapped: false }, notSearched: NONE };
    await questions[0]!.answer(found);
    assert.deepEqual(await search, found);
    const { anchor, byteOffset } = context.open!.cursor;
    assert.deepEqual([byteOffset, anchor], [5000, 5002]);
  });

  it('stays where it is without a match, or once another view is open', async () => {
    const { navigation, context, questions } = rig();
    const first = navigation.search(wanted, null, 'next', { signal: never, onProgress() {} });
    await questions[0]!.answer({ match: null, notSearched: NONE });
    assert.equal((await first).match, null);
    const second = navigation.search(wanted, null, 'next', { signal: never, onProgress() {} });
    context.open = rig().context.open;
    const match = { byteOffset: 5000, byteCount: 3, wrapped: false };
    await questions[1]!.answer({ match, notSearched: NONE });
    await second;
    assert.equal(context.open!.cursor.byteOffset, 0);
  });
});

describe('sector editor: from one view to another', () => {
  const remapped = new Map<number, Origin>([[10, { kind: 'spare', sector: 300, view: 'spare1' }]]);
  const replacement = new Map<number, Origin>([[10, { kind: 'replacement', sector: 700 }]]);

  it('follows a remapped sector to its replacement, and back', async () => {
    const device = rig('device', remapped);
    await device.load(11);
    device.navigation.follow(11);
    assert.deepEqual(device.place(), ['spare1', 301 * 512]);
    const spare = rig('spare1', replacement);
    await spare.load(11);
    spare.navigation.follow(11);
    assert.deepEqual(spare.place(), ['device', 701 * 512]);
  });

  it('follows no sector whose bytes are in their own place, or not here yet', async () => {
    const { navigation, place, load } = rig('device', remapped);
    navigation.follow(11);
    await load(20);
    navigation.follow(20);
    assert.deepEqual(place(), ['device', 0]);
  });

  it('stays at the sector between the device and its main image', () => {
    const { navigation, place, at } = rig();
    at(20);
    navigation.switchTo('main');
    assert.deepEqual(place(), ['main', 20 * 512]);
  });

  it('goes to the counterpart if the other view has it, else to the place where the user last was in it', async () => {
    for (const [view, byteOffset] of [
      ['spare1', 300 * 512],
      ['spare', 13],
      ['device', 10 * 512],
    ] as const) {
      const { navigation, place, at, load } = rig('device', remapped);
      await load(10);
      at(10);
      navigation.switchTo(view);
      assert.deepEqual(place(), [view, byteOffset]);
    }
  });

  it('goes from a spare to the device’s sector in the device’s view and in main’s', async () => {
    for (const view of ['device', 'main'] as const) {
      const { navigation, place, at, load } = rig('spare', replacement);
      await load(10);
      at(10);
      navigation.switchTo(view);
      assert.deepEqual(place(), [view, 700 * 512]);
    }
  });
});

describe('sector editor: back and forward', () => {
  it('returns through the places that were gone to by number, landmark and match, and forward again', async () => {
    const { navigation, questions, place, at } = rig();
    at(3);
    navigation.goTo(500 * 512);
    void navigation.seek('bad', 'next');
    await questions[0]!.answer(700);
    const wanted = { needles: [], expression: null };
    const watch = { signal: new AbortController().signal, onProgress() {} };
    const search = navigation.search(wanted, null, 'next', watch);
    const match = { byteOffset: 9000, byteCount: 2, wrapped: true };
    await questions[1]!.answer({ match, notSearched: { sectorCount: 0, runs: [] } });
    await search;
    const went = [place()];
    for (let steps = 0; steps < 3; steps++) {
      navigation.step('back');
      went.push(place());
    }
    assert.deepEqual(
      went.map(([, byteOffset]) => byteOffset),
      [9000, 700 * 512, 500 * 512, 3 * 512],
    );
    for (let steps = 0; steps < 3; steps++) navigation.step('forward');
    assert.deepEqual(place(), ['device', 9000]);
  });

  it('returns from another view', () => {
    const { navigation, place, at } = rig();
    at(20);
    navigation.switchTo('spare');
    navigation.reveal({ view: 'main', byteOffset: 5 });
    navigation.step('back');
    assert.deepEqual(place(), ['spare', 13]);
    navigation.step('back');
    assert.deepEqual(place(), ['device', 20 * 512]);
  });

  it('returns to where the cursor was, wherever it was moved since it went there', () => {
    const { navigation, place, at } = rig();
    navigation.goTo(500 * 512);
    at(502);
    navigation.goTo(900 * 512);
    navigation.step('back');
    assert.deepEqual(place(), ['device', 502 * 512]);
  });

  it('keeps no place that was not left, and none of what only shows a place', () => {
    const { navigation, context } = rig();
    navigation.goTo(0);
    navigation.showPlace({ view: null, byteOffset: 4000 });
    assert.deepEqual(context.history.stops, { back: [], forward: [] });
  });

  it('says that there is no place, and passes those whose view is gone', () => {
    const { navigation, place, places, said } = rig();
    navigation.step('forward');
    navigation.switchTo('spare');
    navigation.switchTo('main');
    places.delete('spare');
    navigation.step('back');
    assert.deepEqual(place(), ['device', 0]);
    navigation.step('back');
    assert.deepEqual(said, ['No place to go forward to.', 'No place to go back to.']);
  });
});

describe('sector editor: going to a bookmark, marker or remap entry', () => {
  it('asks where it is and goes there, also in another view, from where Go Back returns', async () => {
    const { navigation, questions, place, at } = rig();
    at(3);
    const gone = navigation.goToTarget({ kind: 'bookmark', name: 'boot' });
    assert.deepEqual(questions[0]?.asks, { view: 'device', target: { kind: 'bookmark', name: 'boot' } });
    await questions[0]!.answer({ view: 'spare', byteOffset: 77 });
    await gone;
    assert.deepEqual(place(), ['spare', 77]);
    navigation.step('back');
    assert.deepEqual(place(), ['device', 3 * 512]);
  });

  it('stays where it is when there is none, and tells why', async () => {
    const { navigation, questions, place, at } = rig();
    at(3);
    const gone = navigation.goToTarget({ kind: 'marker', number: 9 });
    const refused = assert.rejects(gone, { message: 'The last marker is 2.' });
    await questions[0]!.reject('The last marker is 2.');
    await refused;
    assert.deepEqual(place(), ['device', 3 * 512]);
  });
});
