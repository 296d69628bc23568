import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DEFAULT_DISPLAY } from '../../../src/shared/display';
import { isAnswer, isToExtension, isToPage } from '../../../src/shared/protocol';

const READ = {
  type: 'request',
  id: 1,
  request: { kind: 'read', view: 'spare', firstSector: 0, sectorCount: 128 },
};
const EDIT = {
  type: 'request',
  id: 2,
  request: { kind: 'edit', view: 'device', byteOffset: 5, bytes: Uint8Array.of(1), how: 'pasted' },
};
const OPENED = {
  type: 'opened',
  views: [{ id: 'spare1', label: 'Spare 2', description: 'b.img', byteCount: 2 ** 44, readOnlyReason: null }],
  notice: null,
  noticeActions: ['useMap', 'manageTrust'],
  reveal: { view: 'device', byteOffset: 512 },
  takesFocus: true,
};

/** The message with one of its parts replaced by a wrong value: every part, in every way. */
function spoiled(message: unknown): unknown[] {
  if (typeof message !== 'object' || message === null || message instanceof Uint8Array) return [];
  return Object.entries(message).flatMap(([key, value]) => {
    const replaced = [-1, 0.5, {}, undefined, 2 ** 60, ['x']].map((bad) => ({ ...message, [key]: bad }));
    return [...replaced, ...spoiled(value).map((bad) => ({ ...message, [key]: bad }))];
  });
}

describe('sector editor: protocol', () => {
  it('takes the messages as they are sent', () => {
    for (const message of [READ, EDIT, { type: 'ready' }, { type: 'cancel', id: 7 }])
      assert.ok(isToExtension(message));
    assert.ok(isToPage(OPENED));
    assert.ok(isToPage({ type: 'answer', id: 0, result: null }));
  });

  it('refuses a message with any part of the wrong type', () => {
    const chosen = { type: 'setDisplay', display: DEFAULT_DISPLAY };
    assert.ok(isToExtension(chosen));
    for (const message of [READ, EDIT, chosen].flatMap(spoiled)) {
      assert.equal(isToExtension(message), false, JSON.stringify(message));
    }
    const sound = new Set(['notice', 'reveal']);
    for (const message of spoiled(OPENED)) {
      const nulled = [...sound].some((key) => (message as Record<string, unknown>)[key] === undefined);
      if (!nulled) assert.equal(isToPage(message), false, JSON.stringify(message));
    }
  });

  it('never throws, for any value', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        isToExtension(value);
        isToPage(value);
        isToExtension({ type: 'request', id: 1, request: value });
        for (const kind of [
          'read',
          'map',
          'emptyRuns',
          'seek',
          'search',
          'searchAll',
          'edit',
          'command',
          'checksums',
          'structures',
          'copy',
          'copied',
        ] as const)
          isAnswer(kind, value);
      }),
    );
  });

  it('refuses requests that only a prototype knows', () => {
    for (const kind of ['constructor', 'toString', '__proto__', 'write']) {
      assert.equal(isToExtension({ type: 'request', id: 1, request: { kind } }), false);
    }
  });

  it('refuses ids that no view has', () => {
    for (const view of ['', 'Device', 'spare-1', 'spare1x', '../etc', null]) {
      const request = { ...READ.request, view };
      assert.equal(isToExtension({ ...READ, request }), false, String(view));
    }
  });
});
