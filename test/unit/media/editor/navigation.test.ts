import assert from 'node:assert/strict';
import type { RequestOptions } from '../../../../media/editor/connection';
import { placedAt } from '../../../../media/editor/cursor';
import { ScrollModel } from '../../../../media/editor/geometry';
import { Navigation } from '../../../../media/editor/navigation';
import { OpenView } from '../../../../media/editor/openView';
import type { Origin, Reveal, ViewId } from '../../../../src/shared/protocol';
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
  const revealed: Reveal[] = [];
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
    reveal: (reveal: Reveal) => revealed.push(reveal),
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
    context.open!.cache.want(sector, sector + 1, 1);
    await turn();
  };
  return { navigation, context, scroll, questions, said, revealed, busy, at, load };
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
    questions[0]!.options.onProgress?.(1 << 20, 1 << 30);
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

  it('begins at the selection, and selects the match', async () => {
    const { navigation, context, questions } = rig();
    context.open!.cursor = { ...context.open!.cursor, anchor: 40, byteOffset: 44 };
    const search = navigation.search(wanted, 'next', { signal: never, onProgress() {} });
    assert.deepEqual(questions[0]?.asks, { view: 'device', wanted, fromByte: 40, direction: 'next' });
    const match = { byteOffset: 5000, byteCount: 3, wrapped: false };
    await questions[0]!.answer(match);
    assert.deepEqual(await search, match);
    const { anchor, byteOffset } = context.open!.cursor;
    assert.deepEqual([byteOffset, anchor], [5000, 5002]);
  });

  it('stays where it is without a match, or once another view is open', async () => {
    const { navigation, context, questions } = rig();
    const first = navigation.search(wanted, 'next', { signal: never, onProgress() {} });
    await questions[0]!.answer(null);
    assert.equal(await first, null);
    const second = navigation.search(wanted, 'next', { signal: never, onProgress() {} });
    context.open = rig().context.open;
    await questions[1]!.answer({ byteOffset: 5000, byteCount: 3, wrapped: false });
    await second;
    assert.equal(context.open!.cursor.byteOffset, 0);
  });
});

describe('sector editor: from one view to another', () => {
  const remapped = new Map<number, Origin>([[10, { kind: 'spare', sector: 1300, view: 'spare1' }]]);
  const replacement = new Map<number, Origin>([[10, { kind: 'replacement', sector: 700 }]]);

  it('follows a remapped sector to its replacement, and back', async () => {
    const device = rig('device', remapped);
    await device.load(11);
    device.navigation.follow(11);
    assert.deepEqual(device.revealed, [{ view: 'spare1', byteOffset: 1301 * 512 }]);
    const spare = rig('spare1', replacement);
    await spare.load(11);
    spare.navigation.follow(11);
    assert.deepEqual(spare.revealed, [{ view: 'device', byteOffset: 701 * 512 }]);
  });

  it('follows no sector whose bytes are in their own place, or not here yet', async () => {
    const { navigation, revealed, load } = rig('device', remapped);
    navigation.follow(11);
    await load(20);
    navigation.follow(20);
    assert.deepEqual(revealed, []);
  });

  it('stays at the sector between the device and its main image', () => {
    const { navigation, revealed, at } = rig();
    at(20);
    navigation.switchTo('main');
    assert.deepEqual(revealed, [{ view: 'main', byteOffset: 20 * 512 }]);
  });

  it('goes to the counterpart if the other view has it, else to the place where the user last was in it', async () => {
    const { navigation, revealed, at, load } = rig('device', remapped);
    await load(10);
    at(10);
    navigation.switchTo('spare1');
    navigation.switchTo('spare');
    navigation.switchTo('device');
    assert.deepEqual(revealed, [
      { view: 'spare1', byteOffset: 1300 * 512 },
      { view: 'spare', byteOffset: null },
    ]);
  });

  it('goes from a spare to the device’s sector in the device’s view and in main’s', async () => {
    const { navigation, revealed, at, load } = rig('spare', replacement);
    await load(10);
    at(10);
    navigation.switchTo('device');
    navigation.switchTo('main');
    assert.deepEqual(revealed, [
      { view: 'device', byteOffset: 700 * 512 },
      { view: 'main', byteOffset: 700 * 512 },
    ]);
  });
});
