import { parentPort } from 'node:worker_threads';
import { PartSearch } from './partSearch';
import { SearchMemory } from './searchMemory';
import type { ThreadAnswer, ThreadWork } from './searchThread';

/** The program of the thread that searches: see {@link SearchThread}. */

let search: PartSearch | null = null;

function answer(message: ThreadAnswer): void {
  parentPort?.postMessage(message);
}

parentPort?.on('message', (work: ThreadWork) => {
  if (work.kind === 'begin') {
    search = new PartSearch(work.plan, new SearchMemory(work.shared), work.state);
    return;
  }
  try {
    answer({ kind: 'found', matches: search?.take(work.part) ?? [] });
  } catch (error) {
    answer({ kind: 'failed', message: (error as Error).message });
  }
});
answer({ kind: 'ready' });
