import { Worker } from 'node:worker_threads';
import type { SharedRing } from './readRing';
import { serveReads } from './serveReads';

/** What a reader tells the thread that asks. */
export interface ReaderEvents {
  /** The reader runs, or has answers. */
  rang(): void;
  /** The reader has ended, as it was asked to or by itself: it uses no file any more. */
  ended(): void;
}

/** Starts something that serves a ring of reads. Throws where that can't be. */
export type StartReader = (shared: SharedRing, events: ReaderEvents) => void;

const PROGRAM = `const { parentPort, workerData } = require('node:worker_threads');
(${serveReads})(require('node:fs'), workerData, () => parentPort.postMessage(0));`;

/** Starts a thread that serves the ring. It doesn't keep the process alive. */
export const startReaderThread: StartReader = (shared, { rang, ended }) => {
  const worker = new Worker(PROGRAM, { eval: true, workerData: shared, execArgv: [], name: 'remap-reader' });
  worker.on('message', rang);
  // An error ends it, which is told next.
  worker.on('error', () => undefined);
  worker.on('exit', ended);
  worker.unref();
};
