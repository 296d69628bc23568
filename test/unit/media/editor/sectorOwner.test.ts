import assert from 'node:assert/strict';
import type { Connection, RequestOptions } from '../../../../media/editor/connection';
import { placedAt } from '../../../../media/editor/cursor';
import { OpenView } from '../../../../media/editor/openView';
import { SectorOwner } from '../../../../media/editor/sectorOwner';
import { heldTimers } from '../../../support/heldTimers';
import { turn } from '../../../support/turns';

interface Question {
  readonly asks: { readonly sector: number; readonly waits: boolean };
  readonly options: RequestOptions;
  readonly answer: (result: unknown) => void;
}

/** A view of 100 sectors, with what was asked and what was shown. */
function rig() {
  const info = {
    id: 'file',
    label: '',
    description: '',
    byteCount: 51_200,
    readOnlyReason: null,
  } as const;
  const view = new OpenView(
    info,
    16,
    () => new Promise(() => {}),
    () => {},
  );
  const questions: Question[] = [];
  const shown: string[] = [];
  const request = (_kind: string, asks: Question['asks'], options: RequestOptions) =>
    new Promise((answer) => questions.push({ asks, options, answer }));
  const owner = new SectorOwner({ request } as unknown as Connection, (_view, sector, words) => {
    shown.push(`${sector} ${words}`);
  });
  const moveTo = (byteOffset: number) => {
    view.cursor = placedAt(view.cursor, byteOffset);
    owner.cursorMoved(view);
  };
  return { owner, questions, shown, moveTo };
}

describe('sector editor: the owner of the sector under the cursor', () => {
  const timers = heldTimers();

  it('is asked for where the cursor rests, first by the layout, and of the files once a person stays', async () => {
    const { questions, shown, moveTo } = rig();
    for (const byteOffset of [0, 512, 1030, 1031]) moveTo(byteOffset);
    assert.equal(questions.length, 0);
    timers.fire();
    assert.deepEqual(
      questions.map(({ asks }) => asks),
      [{ view: 'file', sector: 2, waits: false }],
    );
    questions[0]!.answer({ words: 'in use', isFinal: false });
    await turn();
    timers.fire();
    assert.equal(questions[1]!.asks.waits, true);
    questions[1]!.answer({ words: 'fat16: /A, byte 0', isFinal: true });
    await turn();
    assert.deepEqual(shown.slice(-3), ['2 ', '2 in use', '2 fat16: /A, byte 0']);
    timers.fire();
    assert.equal(questions.length, 2);
  });

  it('of a sector that the cursor has left is not shown', async () => {
    const { questions, shown, moveTo } = rig();
    moveTo(0);
    timers.fire();
    moveTo(512);
    assert.equal(questions[0]!.options.signal?.aborted, true);
    questions[0]!.answer({ words: 'late', isFinal: true });
    await turn();
    assert.deepEqual(shown, ['0 ', '1 ']);
  });

  it('is asked for again when bytes changed, and stays shown until then', async () => {
    const { owner, questions, shown, moveTo } = rig();
    moveTo(0);
    timers.fire();
    questions[0]!.answer({ words: 'free', isFinal: true });
    await turn();
    owner.bytesChanged();
    timers.fire();
    assert.deepEqual([questions.length, shown.at(-1)], [2, '0 free']);
    questions[1]!.answer(null);
    await turn();
    assert.equal(shown.at(-1), '0 ');
  });
});
