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

const TABLE = {
  name: 'Table',
  byteOffset: 1024,
  byteCount: 512,
  isChecksumRight: null,
  fields: [{ level: 1, name: 'Size', value: '7', meaning: '', byteOffset: 1028, byteCount: 4, link: null }],
};
const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

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
  open.cache.want([[0, 1]], 1);
  await turn();
  const questions: Question[] = [];
  const structureQuestions: Question[] = [];
  const shown = {
    bytes: [] as number[],
    fields: [] as string[],
    structures: [] as unknown[],
    statuses: 0,
  };
  const layout = {
    inspector: {
      root: { hidden: true },
      showBytes: (bytes: Uint8Array) => {
        shown.bytes = [...bytes];
      },
      structures: { show: (found: readonly unknown[]) => shown.structures.push(found), showCursor: () => {} },
      checksums: { select: () => {}, forget: () => {} },
    },
    toolbar: { showInspector: () => {}, showCounts: () => {} },
    map: { height: 50, show: () => {} },
    mapPanel: { wanted: null, viewChanged: () => {}, showCursor: () => {} },
    matches: { show: () => undefined },
    status: {
      say: () => {},
      show: () => shown.statuses++,
      showOwner: () => {},
      showField: (words: string) => shown.fields.push(words),
    },
    grid: { refresh: () => {}, display: { sectorSize: 512 } },
    refold: () => {},
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

  it('ask for the structures once for each sector, at once with the inspector, and again when bytes changed', async () => {
    const { panels, structureQuestions: questions, shown, moveTo } = await rig();
    panels.toggleInspector();
    moveTo(600);
    moveTo(601);
    assert.deepEqual(
      questions.map(({ asks }) => asks),
      [
        { view: 'spare', sector: 0 },
        { view: 'spare', sector: 1 },
      ],
    );
    moveTo(1024);
    assert.equal(questions[1]!.options.signal?.aborted, true);
    questions[1]!.answer([]);
    panels.maps.partChanged();
    questions[2]!.answer([TABLE]);
    await turn();
    assert.deepEqual(shown.structures, [[TABLE]]);
    panels.bytesChanged(null);
    panels.showCursor();
    assert.deepEqual(questions[3]?.asks, { view: 'spare', sector: 2 });
    panels.viewChanged();
    assert.deepEqual(shown.structures.at(-1), []);
  });

  it('tell the field under the cursor, also without the inspector, once the cursor rests', async () => {
    const { open, structureQuestions: questions, shown, moveTo } = await rig();
    moveTo(600);
    moveTo(1029);
    assert.equal(questions.length, 0);
    await pause(150);
    assert.deepEqual(
      questions.map(({ asks }) => asks),
      [{ view: 'spare', sector: 2 }],
    );
    questions[0]!.answer([TABLE]);
    await turn();
    assert.equal(shown.fields.at(-1), 'Table › Size: 7');
    assert.deepEqual([open.fields.of(1028), open.fields.of(1031), open.fields.of(1032)], [13, 9, 0]);
    moveTo(1100);
    assert.equal(shown.fields.at(-1), 'Table');
    assert.equal(open.fields.of(1028), 5, 'the cursor has left the field');
    moveTo(600);
    assert.equal(shown.fields.at(-1), '');
  });
});
