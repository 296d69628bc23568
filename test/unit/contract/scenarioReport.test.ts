import assert from 'node:assert/strict';
import { formatReport } from '../../../src/contract/scenarioReport';
import type { ScenarioResult } from '../../../src/engine';
import { HOSTILE_NAMES } from '../../support/hostileNames';
import { parseMarkdown } from '../../support/markdown';

const context = { startedAt: new Date(0), product: 'Remap Inspector 0.1.0' };

const result: ScenarioResult = {
  name: 'data-integrity',
  title: 'Data integrity across a module reload',
  objective: 'Prove that remapped data survive.',
  passed: true,
  seconds: 2,
  configuration: ['Main image: 100 MB'],
  steps: ['Create the device'],
  statusLines: [{ label: 'At the end', line: '0 204800 dm-remap-v4 v4.0-phase1.4' }],
  sectors: [{ sector: 1000, ok: true, expected: 'test_data_1000', actual: 'test_data_1000', source: 'main' }],
  findings: [{ ok: true, text: '5 of 5 markers verified' }],
  proves: ['Data survive'],
  doesNotProve: ['Data survive fire'],
  failure: null,
  missing: [],
};

/** The result with a text in every place where a text from a file can come to stand. */
function resultWith(text: string): ScenarioResult {
  return {
    ...result,
    passed: false,
    configuration: [text],
    steps: [text],
    statusLines: [{ label: text, line: text }],
    sectors: [
      { sector: 1, ok: true, expected: text, actual: text, source: text },
      { sector: 2, ok: false, expected: text, actual: text, source: text },
      { sector: 3, ok: false, expected: text, actual: null, source: text },
    ],
    findings: [
      { ok: true, text },
      { ok: false, text: `of ${text}` },
    ],
    failure: { message: text, device: text, sector: null },
  };
}

describe('the report of scenarios', () => {
  it('has the form of the published test', () => {
    const failure = { message: 'sector 7 is wrong', device: 'disk', sector: 7 };
    const report = formatReport([result, { ...result, passed: false, failure }], context);
    for (const heading of ['Objective', 'Configuration', 'Procedure'])
      assert.ok(report.includes(`### Test ${heading}`), heading);
    for (const heading of ['Results', 'Key Findings']) assert.ok(report.includes(`### ${heading}`), heading);
    assert.match(report, /✓ Sector 1000: Data preserved! \("test_data_1000", from main\)/);
    assert.match(report, /Status: 0 204800 dm-remap-v4 v4\.0-phase1\.4$/m);
    assert.match(report, /1 of 2 scenarios passed/);
    assert.match(report, /✗ sector 7 is wrong/);
  });

  it('says what a scenario needs that could not run, and counts it for itself', () => {
    const skipped = { ...result, passed: false, missing: ['root', 'nbdfuse'] };
    const report = formatReport([result, skipped], context);
    assert.match(report, /✓ PASS\*\*: 1 of 1 scenarios passed in 4\.0 s\. 1 could not run here\./);
    assert.match(report, /\| – \| .* \| not run \|/);
    assert.match(report, /### Not Run\n\n.*lacks:\n\n- root\n- nbdfuse/);
  });

  it('has the same form whatever names and markers hold', () => {
    const { kinds, count } = parseMarkdown(formatReport([resultWith('a plain name')], context));
    for (const name of HOSTILE_NAMES) {
      const hostile = parseMarkdown(formatReport([resultWith(name)], context));
      assert.deepEqual([[...hostile.kinds].sort(), hostile.count], [[...kinds].sort(), count], name);
    }
  });
});
