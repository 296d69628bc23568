import assert from 'node:assert/strict';
import { BlockError, type ErrorCode, type SectorRange } from '../../../src/engine/errors';

/** The request is refused as a whole: it names no failing sectors, because it transferred nothing. */
export async function assertRefused(request: Promise<void>, code: ErrorCode): Promise<void> {
  await assertFailed(request, code, []);
}

/** The request fails with a BlockError of that code and exactly these sectors, ascending and merged. */
export async function assertFailed(
  request: Promise<void>,
  code: ErrorCode,
  failed: readonly SectorRange[],
): Promise<BlockError> {
  let error: unknown;
  try {
    await request;
  } catch (thrown) {
    error = thrown;
  }
  assert.ok(error instanceof BlockError, `expected a BlockError ${code}, got ${String(error)}`);
  assert.equal(error.code, code, error.message);
  assert.deepEqual(error.failed, failed, error.message);
  return error;
}
