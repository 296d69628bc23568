import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';

/** What the real system recorded: spares, and status lines. Not in the repository, and absent on most machines. */
export const FIXTURES = resolve('../shared/fixtures');

/** The bytes of a recorded spare. The calling test is skipped where the fixtures are absent. */
export function recordedSpare(context: Mocha.Context, name: string): Buffer {
  const file = join(FIXTURES, `${name}.img.gz`);
  if (!existsSync(file)) {
    console.log(`      skipped: ${file} is absent`);
    context.skip();
  }
  return gunzipSync(readFileSync(file));
}

/** What is known of a recorded spare or status line. */
export function fixtureJson(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8'));
}
