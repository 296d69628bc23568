import assert from 'node:assert/strict';
import { checksumsOf } from '../../../src/editor/checksums';

const SECTORS = 5000;

/** Bytes over several steps, with the known check text across a boundary of sectors; the last sector can't be read. */
function searched() {
  const bytes = Buffer.alloc(SECTORS * 512);
  bytes.write('123456789', 2048 * 512 - 4);
  return {
    byteCount: bytes.length,
    read: async (first: number, count: number) => ({
      bytes: Uint8Array.from(bytes.subarray(first * 512, (first + count) * 512)),
      unreadable: first + count === SECTORS ? [{ first: SECTORS - 1, count: 1 }] : [],
    }),
  };
}

describe('sector editor: checksums of the selection', () => {
  const { signal } = new AbortController();
  const start = 2048 * 512 - 4;

  it('are those that are known of “123456789”', async () => {
    assert.deepEqual(await checksumsOf(searched(), { start, end: start + 9 }, { signal }), [
      { name: 'CRC-32', value: 'cbf43926' },
      { name: 'CRC-32C', value: 'e3069283' },
      { name: 'MD5', value: '25f9e794323b453885f5181f1b624d0b' },
      { name: 'SHA-1', value: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441' },
      { name: 'SHA-256', value: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225' },
    ]);
  });

  it('tell how far they have come, over all steps', async () => {
    const told: [number, number][] = [];
    const onProgress = (done: number, total: number) => void told.push([done, total]);
    await checksumsOf(searched(), { start: 1, end: 4200 * 512 }, { signal, onProgress });
    const total = 4200 * 512 - 1;
    assert.deepEqual(told, [
      [2048 * 512 - 1, total],
      [4096 * 512 - 1, total],
      [total, total],
    ]);
  });

  it('are refused for what can’t be read, isn’t there, or was given up', async () => {
    const end = SECTORS * 512;
    await assert.rejects(checksumsOf(searched(), { start: end - 1, end }, { signal }), { code: 'EIO' });
    await assert.rejects(checksumsOf(searched(), { start, end: end + 1 }, { signal }), { code: 'EINVAL' });
    await assert.rejects(checksumsOf(searched(), { start, end: start }, { signal }), { code: 'EINVAL' });
    await assert.rejects(checksumsOf(searched(), { start, end }, { signal: AbortSignal.abort() }));
  });
});
