import assert from 'node:assert/strict';
import { type BlockDevice, type ReadOptions, submitRead } from '../../../src/engine/block/blockDevice';

/** Reads by `submitRead`: resolves or rejects as it is answered, which must be once and not before the call returns. */
export function submitted(
  device: BlockDevice,
  sector: number,
  buffer: Uint8Array,
  options?: ReadOptions,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let hasReturned = false;
    let answers = 0;
    const answer = (error?: unknown): void => {
      answers++;
      if (!hasReturned || answers > 1)
        reject(new assert.AssertionError({ message: 'answered too early or twice' }));
      else if (error === undefined) resolve();
      else reject(error);
    };
    submitRead(device, { sector, buffer, options, answer });
    hasReturned = true;
  });
}
