import assert from 'node:assert/strict';
import { type ErrorCode, RemapError } from '../../../src/engine/errors';

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

/** The error with which the action is refused. */
export function refusal(action: () => unknown): RemapError {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof RemapError, String(error));
    return error;
  }
  assert.fail('was not refused');
}

/** For `assert.throws` and `assert.rejects`: a RemapError of that code. */
export function hasCode(code: ErrorCode): (error: unknown) => boolean {
  return (error) => error instanceof RemapError && error.code === code;
}
