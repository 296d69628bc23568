import assert from 'node:assert/strict';
import { type ErrorCode, RemapError } from '../../src/engine/errors';

/** The action fails with a RemapError of that code whose message matches. */
export async function assertFailsWith(
  promise: Promise<unknown>,
  code: ErrorCode,
  message: RegExp,
): Promise<RemapError> {
  const error = await promise.then(
    () => assert.fail(`no error, but ${code} was expected`),
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof RemapError, String(error));
  assert.equal(error.code, code, error.message);
  assert.match(error.message, message);
  return error;
}
