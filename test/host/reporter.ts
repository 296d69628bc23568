import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import { toSourceStack } from './sourceStack';

export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/**
 * Mocha's spec reporter, which also names each test that is tried again and why, and writes the counts to the file that
 * the harness reads.
 */
export default class CountingReporter extends Mocha.reporters.Spec {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    runner.on('fail', (_test, error) => {
      if (error?.stack) error.stack = toSourceStack(error.stack);
    });
    runner.on('retry', (test, error) => {
      const [why] = (error?.message ?? 'no reason').split('\n');
      Mocha.reporters.Base.consoleLog(`    tried again: ${test.title} (${why})`);
    });
    runner.once('end', () => {
      const { passes, failures, pending } = this.stats;
      const counts: Counts = { passed: passes, failed: failures, skipped: pending };
      writeFileSync(process.env.REMAP_TEST_RESULT!, JSON.stringify(counts));
    });
  }
}
