import assert from 'node:assert/strict';
import type { ErrorCode } from '../../../src/engine/errors';
import { assertFailsWith } from '../remap/remapErrors';

/** The action fails with that error, whose message is one line and names the file at `path`. */
export async function assertNamesFile(
  action: Promise<unknown>,
  code: ErrorCode,
  message: RegExp,
  path: string,
): Promise<void> {
  const error = await assertFailsWith(action, code, message);
  assert.ok(error.message.includes(path), error.message);
  assert.ok(!error.message.includes('\n'));
  assert.equal(error.details.path, path);
}
