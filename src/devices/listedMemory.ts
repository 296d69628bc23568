import type * as vscode from 'vscode';
import type { Machine } from '../engine';

const MEMENTO_KEY = 'remap.listed';

/** Lets a machine know in the next window too what its devices have answered to `listbadblocks`. */
export function rememberListed({ listed }: Machine, memento: vscode.Memento): void {
  listed.restore(memento.get<string[]>(MEMENTO_KEY, []), (digests) => {
    void memento.update(MEMENTO_KEY, digests);
  });
}
