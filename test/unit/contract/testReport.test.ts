import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import type { Outcome } from '../../../src/contract/scenarioRun';
import { describeRun, formatTestReport, placeRun, resultOf } from '../../../src/contract/testReport';
import { printable, type ScenarioResult } from '../../../src/engine';
import { failureMarkdown, findingLines, terminalText } from '../../../src/testing/explorerText';
import { HOSTILE_NAMES } from '../../support/hostileNames';
import { parseMarkdown } from '../../support/markdown';
import { tempFolder } from '../../support/tempFolder';

function result(changes: Partial<ScenarioResult> = {}): ScenarioResult {
  return {
    name: 'soak',
    title: 'Long-running mixed I/O',
    objective: 'Read and write.',
    passed: true,
    seconds: 1.25,
    configuration: ['Main image: 100 MB'],
    steps: ['Create the device'],
    statusLines: [{ label: 'At the end', line: '0 204800 dm-remap-v4' }],
    sectors: [],
    findings: [{ ok: true, text: '7 reads checked' }],
    proves: ['It works'],
    doesNotProve: ['All else'],
    failure: null,
    missing: [],
    ...changes,
  };
}

const passed: Outcome = { result: result(), keptFolder: null, deviceFile: null };
const failure = { message: 'Sector 20001 holds *version* 3', device: 'soak', sector: 20_001 };
const failed: Outcome = {
  result: result({ passed: false, failure, findings: [{ ok: false, text: failure.message }] }),
  keptFolder: '/run/soak',
  deviceFile: '/run/soak/soak.remap',
};

/** A failure whose message, and whose device's path, is a name. */
function failureWith(name: string): Outcome {
  return {
    ...failed,
    result: result({ failure: { ...failure, message: name } }),
    deviceFile: `/run/${name}`,
  };
}

describe('the report of a persistence test', () => {
  const folder = tempFolder();

  it('is a value for scripts', () => {
    const value = resultOf([passed, failed], '/run.md');
    assert.deepEqual([value.passed, value.failed, value.skipped, value.report], [1, 1, 0, '/run.md']);
    assert.deepEqual(
      value.scenarios.map((each) => [each.name, each.passed, each.seconds]),
      [
        ['soak', true, 1.25],
        ['soak', false, 1.25],
      ],
    );
    const { details } = value.scenarios[1]!;
    assert.deepEqual([details.failure, details.deviceFile], [failure, failed.deviceFile]);
    assert.deepEqual(JSON.parse(JSON.stringify(value)), value);
  });

  it('counts a scenario that could not run for itself', () => {
    const skipped = { ...passed, result: result({ passed: false, missing: ['root'] }) };
    const value = resultOf([passed, skipped], '/run.md');
    assert.deepEqual([value.passed, value.failed, value.skipped], [1, 0, 1]);
    assert.deepEqual(findingLines(skipped), ['Not run: it needs root']);
  });

  it('is said in a sentence, in which a scenario that could not run has neither passed nor failed', () => {
    const skipped = { ...passed, result: result({ passed: false, missing: ['root'] }) };
    const sentence = (...outcomes: Outcome[]) => describeRun(resultOf(outcomes, '/run.md'));
    assert.equal(sentence(passed, passed), '2 persistence scenarios passed.');
    assert.equal(sentence(passed, failed), '1 of 2 persistence scenarios failed.');
    assert.equal(sentence(passed, skipped), '1 persistence scenario passed, 1 could not run here.');
    assert.equal(
      sentence(passed, failed, skipped),
      '1 of 2 persistence scenarios failed, 1 could not run here.',
    );
  });

  it('is a text for people, which says where the images of a failure are', () => {
    const context = { startedAt: new Date(0), product: 'Remap Inspector 1' };
    assert.ok(!formatTestReport([passed], context).includes('Kept Images'));
    const text = formatTestReport([passed, failed], context);
    assert.match(text, /## Kept Images\n\n- Long-running mixed I\/O: `\/run\/soak`\n$/);
  });

  it('names folders, messages and devices as text, whatever they hold', () => {
    const context = { startedAt: new Date(0), product: 'Remap Inspector 1' };
    const linkOf = (name: string) => failureMarkdown(failureWith(name));
    const plain = parseMarkdown(linkOf('name'));
    for (const name of HOSTILE_NAMES) {
      const kept = { ...passed, keptFolder: `/run/${name}` };
      const { kinds, text } = parseMarkdown(formatTestReport([kept], context));
      assert.ok(text.endsWith(`: /run/${printable(name)}`), name);
      assert.ok(!kinds.has('image') && !kinds.has('link_open') && !kinds.has('html_inline'), name);
      const shown = parseMarkdown(linkOf(name));
      assert.deepEqual([shown.kinds, shown.count], [plain.kinds, plain.count], name);
      const lines = terminalText(findingLines({ ...failureWith(name), keptFolder: name })).split('\r\n');
      assert.deepEqual(lines, lines.map(printable));
      assert.equal(terminalText([name]).split('\n').length, 2, name);
    }
  });

  it('gets a name of its own in every run', async () => {
    const base = folder.path('new');
    const at = new Date('2026-07-22T10:11:12.345Z');
    const [first, second] = [await placeRun(base, at), await placeRun(base, at)];
    assert.deepEqual(readdirSync(base), [
      'persistence-test-20260722-101112-2.md',
      'persistence-test-20260722-101112.md',
    ]);
    assert.equal(first.report, `${first.folder}.md`);
    assert.equal(existsSync(second.folder), false);
  });
});

describe('what the Test Explorer says', () => {
  it('of a failure, with a link to its sector', () => {
    const [text, link] = failureMarkdown(failed).split('\n\n');
    assert.equal(text, 'Sector 20001 holds \\*version\\* 3');
    const [, label, target] = /^\[(.+)\]\(command:remap\.openSectors\?(.+)\)$/.exec(link!)!;
    assert.equal(label, 'Open sector 20001');
    assert.deepEqual(JSON.parse(decodeURIComponent(target!)), ['/run/soak/soak.remap', { sector: 20_001 }]);
  });

  it('of a failure without a sector, or without a device', () => {
    const anywhere = { ...failed, result: result({ failure: { ...failure, sector: null } }) };
    assert.match(failureMarkdown(anywhere), /\[Open the device\]\(command:[^)]+%5B%22%2Frun[^)]+%22%5D\)$/);
    assert.equal(failureMarkdown({ ...failed, deviceFile: null }), 'Sector 20001 holds \\*version\\* 3');
  });

  it('of what was found, each once', () => {
    assert.deepEqual(findingLines(passed), ['✓ 7 reads checked', 'Passed in 1.3 s']);
    assert.deepEqual(findingLines(failed), [
      '✗ Sector 20001 holds *version* 3',
      'The images are kept in /run/soak',
      'Failed in 1.3 s',
    ]);
    const thrown = { ...failed, result: result({ failure, passed: false }) };
    assert.ok(findingLines(thrown).includes('✗ Sector 20001 holds *version* 3'));
  });

  it('in lines as a terminal takes them', () => {
    assert.equal(terminalText(['one', 'two']), 'one\r\ntwo\r\n');
  });
});
