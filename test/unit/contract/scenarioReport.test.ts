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

/** As of a scenario that left no images. */
function notKept(of: ScenarioResult) {
  return { result: of, deviceFile: null };
}

describe('the report of scenarios', () => {
  it('leads to the sectors of a device that is kept, whatever its path and markers hold', () => {
    for (const name of ['plain', ...HOSTILE_NAMES]) {
      const deviceFile = `/run/${name}.remap`;
      const failure = { message: name, device: 'disk', sector: 3 };
      const kept = { result: { ...resultWith(name), failure }, deviceFile };
      const report = formatReport([kept], { ...context, openSectors: 'remap.openSectors' });
      const targets = [...report.matchAll(/\[Sector (\d+)\]\(command:remap\.openSectors\?([^)]*)\)/g)].map(
        ([, sector, args]) => [Number(sector), JSON.parse(decodeURIComponent(args!))],
      );
      const expected = [1, 2, 3, 3].map((sector) => [sector, [deviceFile, { sector }]]);
      assert.deepEqual(targets, expected, name);
      const { kinds } = parseMarkdown(report);
      assert.ok(!kinds.has('image') && !kinds.has('html_inline'), name);
      assert.ok(!formatReport([kept], context).includes('](command:remap'), name);
    }
    const passed = formatReport([notKept(result)], { ...context, openSectors: 'remap.openSectors' });
    assert.ok(!passed.includes('command:'));
  });

  it('has the form of the published test', () => {
    const failure = { message: 'sector 7 is wrong', device: 'disk', sector: 7 };
    const report = formatReport([notKept(result), notKept({ ...result, passed: false, failure })], context);
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
    const report = formatReport([notKept(result), notKept(skipped)], context);
    assert.match(report, /✓ PASS\*\*: 1 of 1 scenarios passed in 4\.0 s\. 1 could not run here\./);
    assert.match(report, /\| – \| .* \| not run \|/);
    assert.match(report, /### Not Run\n\n.*lacks:\n\n- root\n- nbdfuse/);
  });

  it('gives no verdict where no scenario could run', () => {
    const report = formatReport([notKept({ ...result, passed: false, missing: ['root'] })], context);
    assert.match(report, /– NOT RUN\*\*: 0 of 0 scenarios passed/);
    assert.ok(!report.includes('PASS'));
  });

  it('has the same form whatever names and markers hold', () => {
    const { kinds, count } = parseMarkdown(formatReport([notKept(resultWith('a plain name'))], context));
    for (const name of HOSTILE_NAMES) {
      const hostile = parseMarkdown(formatReport([notKept(resultWith(name))], context));
      assert.deepEqual([[...hostile.kinds].sort(), hostile.count], [[...kinds].sort(), count], name);
    }
  });
});
