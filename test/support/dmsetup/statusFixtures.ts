import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FIXTURES } from '../fixtures';

/** A status line that the real system produced, and what dmremap-status 1.0.0 makes of it. */
export interface StatusFixture {
  readonly name: string;
  /** The line with its newline. */
  readonly text: string;
  /** The tool's output in a format. */
  rendered(format: string): string;
}

/** Empty where the fixtures are absent. */
export function statusFixtures(): StatusFixture[] {
  if (!existsSync(FIXTURES)) return [];
  const read = (file: string) => readFileSync(join(FIXTURES, file), 'utf8');
  return readdirSync(FIXTURES)
    .filter((file) => /^status-.*\.txt$/.test(file))
    .map((file) => ({
      name: file,
      text: read(file),
      rendered: (format) => read(file.replace(/txt$/, format)),
    }));
}

export const NO_FIXTURES = `skipped: ${FIXTURES} is absent`;
