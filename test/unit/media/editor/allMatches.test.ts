import assert from 'node:assert/strict';
import { AllMatches } from '../../../../media/editor/allMatches';
import type { OpenView } from '../../../../media/editor/openView';
import type { ByteRun, ByteSpan } from '../../../../src/shared/protocol';

const NONE = { sectorCount: 0, runs: [] };
const wanted = { needles: [{ bytes: Uint8Array.of(1, 2, 3), mask: null, anyCase: false }], expression: null };
const at = (...places: number[]): ByteRun[] => places.map((byteOffset) => ({ byteOffset, byteCount: 3 }));

type Found = (doneBytes: number, totalBytes: number, found: ByteRun[]) => void;

function rig() {
  const shown: number[][] = [];
  const said: string[] = [];
  const asked: {
    within: ByteSpan | null;
    answer(matches: ByteRun[]): void;
    found(matches: ByteRun[]): void;
  }[] = [];
  const context = {
    open: { info: { id: 'device', byteCount: 100_000 } } as unknown as OpenView | null,
    show: (matches: readonly ByteRun[]) => shown.push(matches.map(({ byteOffset }) => byteOffset)),
    focusList: () => said.push('focus'),
    say: (message: string) => said.push(message),
  };
  const request = (_kind: string, asks: { within: ByteSpan | null }, options?: { onProgress: Found }) =>
    new Promise((resolve) => {
      asked.push({
        within: asks.within,
        answer: (matches) => resolve({ matches, isComplete: true, notSearched: NONE }),
        found: (matches) => options?.onProgress(1, 2, matches),
      });
    });
  const all = new AllMatches({ request } as never, context);
  const watch = { signal: new AbortController().signal, onProgress() {} };
  return { all, context, shown, said, asked, watch };
}

async function listed(...places: number[]) {
  const made = rig();
  const search = made.all.search(wanted, null, made.watch);
  made.asked[0]!.answer(at(...places));
  await search;
  return made;
}

describe('sector editor: all matches', () => {
  it('are shown as they are found', async () => {
    const { all, asked, shown, said, watch } = rig();
    const search = all.search(wanted, null, watch);
    asked[0]!.found(at(5));
    asked[0]!.found(at(700));
    asked[0]!.answer(at(5, 700, 9000));
    await search;
    assert.deepEqual(shown, [[], [5], [5, 700], [5, 700, 9000]]);
    assert.deepEqual(said, ['focus']);
    all.hide();
    assert.deepEqual(shown.at(-1), []);
  });

  it('are looked for again where bytes change, and only there', async () => {
    const { all, asked, shown } = await listed(5, 1022, 1600, 9000);
    const change = all.changed('device', [[2, 1]]);
    // The match at 1022 goes across the start of the sector; one that begins two bytes earlier could, too.
    assert.deepEqual(asked[1]!.within, { start: 1022, end: 1538 });
    asked[1]!.answer(at(1030));
    await change;
    assert.deepEqual(shown.at(-1), [5, 1030, 1600, 9000]);
  });

  it('are left alone by changes of another view, and by what comes after the list was hidden', async () => {
    const { all, asked, shown } = await listed(5);
    await all.changed('spare', [[0, 1]]);
    assert.equal(asked.length, 1);
    const change = all.changed(null, [[0, 1]]);
    all.hide();
    asked[1]!.answer(at(7));
    await change;
    assert.deepEqual(shown.at(-1), []);
  });

  it('are said to be of earlier bytes when it isn’t known what changed', async () => {
    const { all, said } = await listed(5);
    await all.changed('device', null);
    assert.match(said.at(-1)!, /bytes changed/);
  });
});
