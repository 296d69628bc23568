import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { needTexts } from '../../support/needs';
import { filesIn } from '../../support/structure/sources';

/** Test files that are about no single source; test/README.md says why. */
const WITHOUT_SOURCE = [/^test\/unit\/structure\//, /^test\/unit\/engine\/kernelBugs\.test\.ts$/];

/** The sources that a unit test may be named after: `unit/engine/x.about.test.ts` is about `src/engine/x.ts`. */
function sourcesOf(test: string): string[] {
  const path = test.replace(/^test\/unit\//, '').replace(/(\.\w+)?\.test\.ts$/, '.ts');
  return [`src/${path}`, path, `test/${path}`];
}

describe('The tree of tests', () => {
  it('has a source for each unit test', () => {
    const sources = new Set(
      ['src', 'media', 'test/support', 'test/host'].flatMap((folder) => filesIn(folder)),
    );
    const tests = filesIn('test/unit', ['.test.ts']).filter(
      (test) => !WITHOUT_SOURCE.some((pattern) => pattern.test(test)),
    );
    assert.ok(tests.length > 100, `only ${tests.length} were found`);
    const stray = tests.filter((test) => !sourcesOf(test).some((source) => sources.has(source)));
    assert.deepEqual(stray, [], 'name these after the source that they are about');
  });

  it('has a list of what skipped tests need, in test/README.md', () => {
    const page = readFileSync('test/README.md', 'utf8');
    const unlisted = needTexts.filter((text) => !page.includes(`| ${text} |`));
    assert.deepEqual(unlisted, [], 'list them under "What is skipped, and when"');
  });

  it('keeps rigs and doubles out of the folders of tests', () => {
    const contractSuite = 'test/contract/blockDevice.ts';
    const folders = ['unit', 'contract', 'proof'].flatMap((folder) => filesIn(`test/${folder}`));
    const strange = folders.filter((file) => !file.endsWith('.test.ts') && file !== contractSuite);
    assert.deepEqual(strange, [], 'move these to test/support');
  });
});
