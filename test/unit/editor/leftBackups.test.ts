import assert from 'node:assert/strict';
import type * as vscode from 'vscode';
import { LeftBackups } from '../../../src/editor/leftBackups';

function memento(): vscode.Memento {
  const values = new Map<string, unknown>();
  return {
    keys: () => [...values.keys()],
    get: (key: string, otherwise?: unknown) => values.get(key) ?? otherwise,
    update: async (key: string, value: unknown) => void values.set(key, value),
  } as vscode.Memento;
}

describe('sector editor: backups that were left', () => {
  it('are those that were noted and not forgotten', async () => {
    const storage = memento();
    const left = new LeftBackups(storage);
    await left.note('file:///a', 'file:///backup/1');
    await left.note('file:///b', 'file:///backup/2');
    await left.note('file:///a', 'file:///backup/3');
    // VS Code has the one before deleted once there is a new one.
    await left.forget('file:///a', 'file:///backup/1');
    await left.forget('file:///c');
    assert.equal(new LeftBackups(storage).of('file:///a'), 'file:///backup/3');
    await left.forget('file:///a', 'file:///backup/3');
    await left.forget('file:///b');
    assert.deepEqual([left.of('file:///a'), left.of('file:///b')], [undefined, undefined]);
  });
});
