import assert from 'node:assert/strict';
import type { Connection, RequestOptions } from '../../../../media/editor/connection';
import { placedAt } from '../../../../media/editor/cursor';
import { OpenView } from '../../../../media/editor/openView';
import type { PageLayout } from '../../../../media/editor/pageLayout';
import { SidePanels } from '../../../../media/editor/sidePanels';
import { turn } from '../../../support/turns';

interface Question {
  readonly kind: string;
  readonly asks: Record<string, unknown>;
  readonly options: RequestOptions;
  readonly answer: (result: unknown) => void;
}

const FIELD = { name: 'magic', value: '1', byteOffset: 0, byteCount: 4, copy: 0 };

/** The panels beside a spare whose first sector is metadata. */
async function rig() {
  const open = new OpenView(
    { id: 'spare', label: '', description: '', byteCount: 100 * 512, readOnlyReason: null },
    16,
    async (firstSector, sectorCount) => ({
      firstSector,
      bytes: Uint8Array.from({ length: sectorCount * 512 }, (_, i) => i & 0xff),
      unreadable: [],
      origins: [
        { first: 0, count: 1, origin: { kind: 'metadata', copy: 0, valid: true, verdict: '' } },
        { first: 1, count: 99, origin: { kind: 'free' } },
      ],
      unsaved: [],
    }),
    () => {},
  );
  open.cache.want(0, 1, 1);
  await turn();
  const questions: Question[] = [];
  const structureQuestions: Question[] = [];
  const shown = {
    bytes: [] as number[],
    fields: [] as unknown[],
    structures: [] as unknown[],
    statuses: 0,
  };
  const layout = {
    inspector: {
      root: { hidden: true },
      showBytes: (bytes: Uint8Array) => {
        shown.bytes = [...bytes];
      },
      structures: { show: (found: readonly unknown[]) => shown.structures.push(found) },
      checksums: { select: () => {}, forget: () => {} },
      showField: (field: unknown) => shown.fields.push(field),
    },
    toolbar: { showInspector: () => {}, showCounts: () => {} },
    map: { height: 50, show: () => {} },
    mapPanel: { wanted: null, viewChanged: () => {}, showCursor: () => {} },
    matches: { show: () => undefined },
    status: { say: () => {}, show: () => shown.statuses++, showOwner: () => {} },
    grid: { refresh: () => {} },
  };
  const connection = {
    request: (kind: string, asks: Record<string, unknown>, options: RequestOptions) =>
      new Promise((answer) => {
        const list = kind === 'structures' ? structureQuestions : questions;
        list.push({ kind, asks, options, answer });
      }),
  };
  const panels = new SidePanels(
    connection as unknown as Connection,
    layout as unknown as PageLayout,
    () => open,
  );
  const moveTo = (byteOffset: number) => {
    open.cursor = placedAt(open.cursor, byteOffset);
    panels.showCursor();
  };
  return { open, panels, questions, structureQuestions, shown, moveTo };
}

describe('sector editor: side panels', () => {
  it('show the bytes from the cursor on, once the inspector is open', async () => {
    const { panels, shown, moveTo } = await rig();
    moveTo(600);
    assert.deepEqual([shown.bytes, shown.statuses], [[], 1]);
    panels.toggleInspector();
    assert.deepEqual(
      shown.bytes,
      Array.from({ length: 16 }, (_, i) => 88 + i),
    );
  });

  it('ask for the metadata field over the cursor, once for each byte', async () => {
    const { panels, questions, shown, moveTo } = await rig();
    panels.toggleInspector();
    panels.showCursor();
    assert.deepEqual(
      questions.map(({ kind, asks }) => [kind, asks]),
      [['field', { view: 'spare', byteOffset: 0 }]],
    );
    questions[0]!.answer(FIELD);
    await turn();
    assert.deepEqual(shown.fields, [FIELD]);
    moveTo(600);
    assert.equal(questions.length, 1);
    assert.equal(shown.fields.at(-1), null);
  });

  it('ask for the structures once for each sector, and again when bytes changed', async () => {
    const { panels, structureQuestions: questions, shown, moveTo } = await rig();
    moveTo(600);
    assert.equal(questions.length, 0, 'the inspector is closed');
    panels.toggleInspector();
    moveTo(601);
    assert.deepEqual(
      questions.map(({ asks }) => asks),
      [{ view: 'spare', sector: 1 }],
    );
    moveTo(1024);
    assert.equal(questions[0]!.options.signal?.aborted, true);
    questions[0]!.answer(['of sector 1']);
    panels.maps.partChanged();
    questions[1]!.answer(['of sector 2']);
    await turn();
    assert.deepEqual(shown.structures, [['of sector 2']]);
    panels.bytesChanged();
    panels.showCursor();
    assert.deepEqual(questions[2]?.asks, { view: 'spare', sector: 2 });
    panels.viewChanged();
    assert.deepEqual(shown.structures.at(-1), []);
  });

  it('show no field of a byte that the cursor has left', async () => {
    const { panels, questions, shown, moveTo } = await rig();
    panels.toggleInspector();
    moveTo(4);
    assert.equal(questions[0]!.options.signal?.aborted, true);
    questions[0]!.answer(FIELD);
    await turn();
    assert.deepEqual(shown.fields, []);
  });
});
