import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** What is in use, in bytes, once garbage is collected: buffers that a first collection finds are freed by the second. */
export function memoryInUse(): number {
  collectGarbage();
  collectGarbage();
  return allocated();
}

function allocated(): number {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

/** The memory that work may take beyond what was in use when it began. */
export class MemoryBound {
  readonly #start = memoryInUse();

  constructor(readonly mostBytes = 100e6) {}

  /** Fails where more is in use. Garbage is collected only where there is so much that it matters. */
  check(): void {
    if (allocated() - this.#start <= this.mostBytes) return;
    const used = memoryInUse() - this.#start;
    assert.ok(used <= this.mostBytes, `${used} bytes in use`);
  }
}
