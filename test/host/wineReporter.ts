import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';
import type { WineResult } from './wine';

const skipText = /^\s*skipped: (.*)/;
/** A test that is left out for good says why in its title. */
const skipTitle = /\(skipped: (.*)\)$/;

/** Writes what came of the tests to a file: under Wine a pipe can't be written to. */
export default class WineReporter extends Mocha.reporters.Base {
  constructor(runner: Mocha.Runner, options?: Mocha.MochaOptions) {
    super(runner, options);
    const result: WineResult = { passed: 0, failures: [], triedAgain: [], skipped: [], running: 'the start' };
    const save = (): void => writeFileSync(process.env.REMAP_TEST_RESULT!, JSON.stringify(result));
    let why = '';
    const forget = (): void => {
      why = '';
    };
    // What is skipped prints why, in the test itself or in a hook of its suite.
    console.log = (text: unknown) => {
      why = skipText.exec(String(text))?.[1] ?? why;
    };
    runner.on('test', forget);
    runner.on('hook', forget);
    runner.on('pass', () => {
      result.passed++;
    });
    runner.on('pending', (test) => {
      const title = test.fullTitle();
      result.skipped.push({ title, why: why || (skipTitle.exec(title)?.[1] ?? '') });
    });
    const failureOf = (test: Mocha.Runnable, error: Error | undefined) =>
      `${test.fullTitle()}\n${error?.stack ?? error}`;
    runner.on('fail', (test, error) => {
      result.failures.push(failureOf(test, error));
    });
    runner.on('retry', (test, error) => {
      result.triedAgain.push(failureOf(test, error));
    });
    runner.on('suite', (suite) => {
      result.running = suite.fullTitle();
      save();
    });
    runner.once('end', () => {
      result.running = null;
      save();
    });
  }
}
