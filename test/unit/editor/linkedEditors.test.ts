import assert from 'node:assert/strict';
import type { DocumentEvent, SectorDocument } from '../../../src/editor/document';
import { LinkedEditors, type LinkedSide } from '../../../src/editor/linkedEditors';
import type { EditorSession } from '../../../src/editor/session';
import type { MapLayer } from '../../../src/shared/sectorMap';
import { ComparedBytes } from '../../support/extension/comparedDocument';
import { turns } from '../../support/turns';

/** A side whose session notes what it is told. */
function side(name: string, bytes: ComparedBytes, firstSector: number) {
  const told: unknown[] = [];
  let link: LinkedEditors | null = null;
  let listener: ((event: DocumentEvent) => void) | null = null;
  const { source, edits } = bytes;
  const document = {
    source,
    edits,
    onDidChange: (listen: (event: DocumentEvent) => void) => {
      listener = listen;
      return {
        dispose: () => {
          listener = null;
        },
      };
    },
  } as unknown as SectorDocument;
  const session = {
    get link() {
      return link;
    },
    cursor: { view: 'file', sector: 0 },
    join: (joined: LinkedEditors | null) => {
      link = joined;
      told.push(joined ? 'linked' : 'ended');
    },
    showComparison: () => undefined,
    readAgain: (view: string | null, ranges: unknown) => told.push(['read again', view, ranges]),
    scrollTo: (...place: unknown[]) => told.push(['scroll', ...place]),
    reveal: (place: unknown, takesFocus: boolean) => told.push(['reveal', place, takesFocus]),
    say: (words: string) => told.push(words),
  };
  const linked: LinkedSide = {
    ...bytes.from(firstSector),
    document,
    session: session as unknown as EditorSession,
    name,
  };
  const change = (event: DocumentEvent) => listener?.(event);
  return { linked, session, told, change, isFollowed: () => listener !== null };
}

async function ended({ scan }: LinkedEditors): Promise<void> {
  while (scan.state === 'looking') await turns(5);
}

const { signal } = new AbortController();

async function pair() {
  const bytes = [ComparedBytes.of(9, 9, 1, 2, 3, 4), ComparedBytes.of(1, 2, 3, 4, 5)] as const;
  bytes[1].bytes[512 * 2 + 8] = 7;
  const [one, other] = [side('one', bytes[0], 2), side('other', bytes[1], 0)];
  let ends = 0;
  const linked = new LinkedEditors([one.linked, other.linked], () => ends++);
  await ended(linked);
  for (const { told } of [one, other]) told.length = 0;
  return { linked, one, other, bytes, ends: () => ends };
}

describe('two linked editors', () => {
  it('scroll together from where each begins, and stay at the start where the other one is before it', async () => {
    const { linked, one, other } = await pair();
    linked.scrolled(one.linked.session, 'file', 5, 250_000);
    linked.scrolled(one.linked.session, 'main', 1, 0);
    linked.scrolled(one.linked.session, 'file', 1, 500_000);
    linked.scrolled(other.linked.session, 'file', 3, 7);
    assert.deepEqual(other.told, [
      ['scroll', 'file', 3, 250_000],
      ['scroll', 'file', 0, 0],
    ]);
    assert.deepEqual(one.told, [['scroll', 'file', 5, 7]]);
    linked.opened(other.linked.session);
    assert.deepEqual(other.told.at(-1), ['scroll', 'file', 3, 7]);
  });

  it('go to a difference at its first byte, each in its own sectors', async () => {
    const { linked, one, other } = await pair();
    const found = linked.nearest(one.linked.session, 'next')!;
    assert.deepEqual(found, [2, 1]);
    await linked.goTo(one.linked.session, found[0]);
    assert.deepEqual(one.told, [['reveal', { view: 'file', byteOffset: 4 * 512 + 8 }, true]]);
    assert.deepEqual(other.told, [['reveal', { view: 'file', byteOffset: 2 * 512 + 8 }, false]]);
    one.session.cursor.sector = 4;
    assert.equal(linked.nearest(one.linked.session, 'next'), null);
  });

  it('mark on both what changes on one of them, and look at it again', async () => {
    const { linked, one, other, bytes } = await pair();
    bytes[0].bytes[512 * 4 + 8] = 7;
    one.change({ kind: 'changed', view: 'file', ranges: [[4, 1]] });
    one.change({ kind: 'changed', view: 'file', ranges: [[0, 1]] });
    one.change({ kind: 'changed', view: 'main', ranges: null });
    assert.deepEqual(other.told, [['read again', 'file', [[2, 1]]]]);
    await ended(linked);
    assert.equal(linked.scan.differences.counts.runs, 0);
    bytes[0].bytes[512 * 3] = 9;
    one.change({ kind: 'changed', view: null, ranges: null });
    assert.deepEqual(other.told.at(-1), ['read again', 'file', null]);
    await ended(linked);
    assert.deepEqual(linked.scan.differences.first(9), [[1, 1]]);
  });

  it('have the differences on their maps, each where they are in it', async () => {
    const { linked, one, other } = await pair();
    const part = { firstSector: 0, sectorCount: 6, bucketCount: 6 };
    const counts = async (session: EditorSession, view: 'file' | 'main') =>
      ((await linked.answer(session, { kind: 'map', view, ...part }, [], signal)) as MapLayer[]).map(
        (layer) => [...layer.counts],
      );
    assert.deepEqual(await counts(one.linked.session, 'file'), [[0, 0, 0, 0, 1, 0]]);
    assert.deepEqual(await counts(other.linked.session, 'file'), [[0, 0, 1, 0, 0, 0]]);
    assert.deepEqual(await counts(one.linked.session, 'main'), []);
  });

  it('fold what is the same on both sides, and nothing that differs, is on one side alone or of another view', async () => {
    const { linked, one, other } = await pair();
    const zeros = [{ first: 0, count: 6, content: '00' }];
    const folded = (session: EditorSession, view: 'file' | 'main', sectorCount: number) =>
      linked.answer(session, { kind: 'equalRuns', view, firstSector: 0, sectorCount }, zeros, signal);
    // Sectors 2 to 5 of the first are 0 to 3 of the second, and 4 differs from 2.
    assert.deepEqual(await folded(one.linked.session, 'file', 6), [{ first: 5, count: 1, content: '=' }]);
    assert.deepEqual(await folded(other.linked.session, 'file', 5), [{ first: 0, count: 2, content: '=' }]);
    assert.deepEqual(await folded(one.linked.session, 'main', 6), zeros);
  });

  it('end once, for both, and when one of them is linked with another one', async () => {
    const { linked, one, other, ends } = await pair();
    const third = side('third', ComparedBytes.of(1), 0);
    new LinkedEditors([other.linked, third.linked], () => undefined);
    assert.deepEqual([one.told, other.told, ends()], [['ended'], ['ended', 'linked'], 1]);
    assert.equal(one.isFollowed(), false);
    linked.end();
    assert.equal(ends(), 1);
  });
});
