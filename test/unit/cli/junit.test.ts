import assert from 'node:assert/strict';
import { formatJunit } from '../../../src/cli/junit';
import type { CommandResults } from '../../../src/contract/commandResults';

type TestResult = CommandResults['runPersistenceTest'];

function scenario(
  name: string,
  failure: string | null,
  missing: readonly string[] = [],
): TestResult['scenarios'][number] {
  const details = {
    title: `Title of ${name}`,
    objective: '',
    configuration: [],
    steps: [],
    statusLines: [],
    sectors: [],
    findings: [{ ok: failure === null, text: 'a < b & "c"\u0007' }],
    proves: [],
    doesNotProve: [],
    failure: failure === null ? null : { message: failure, device: null, sector: null },
    missing,
    deviceFile: failure === null ? null : '/kept/<x>.remap',
  };
  return { name, passed: failure === null, seconds: 1.25, details };
}

describe('JUnit XML', () => {
  it('has a case for each scenario, with the failure of one that failed, and no character that XML refuses', () => {
    const scenarios = [scenario('soak', null), scenario('spare-full', 'sector 5 > 4')];
    const result = { passed: 1, failed: 1, skipped: 0, scenarios, report: '/report.md' };
    assert.equal(
      formatJunit(result, new Date('2026-01-02T03:04:05.678Z')),
      `<?xml version="1.0" encoding="UTF-8"?>
<testsuites tests="2" failures="1" errors="0" skipped="0" time="2.500">
  <testsuite name="remap-inspector" tests="2" failures="1" errors="0" skipped="0" time="2.500" timestamp="2026-01-02T03:04:05">
    <testcase classname="persistence" name="soak" time="1.250">
      <system-out>Title of soak
ok: a &lt; b &amp; &quot;c&quot;\\x07</system-out>
    </testcase>
    <testcase classname="persistence" name="spare-full" time="1.250">
      <failure message="sector 5 &gt; 4">sector 5 &gt; 4</failure>
      <system-out>Title of spare-full
NOT OK: a &lt; b &amp; &quot;c&quot;\\x07
The images are kept: /kept/&lt;x&gt;.remap</system-out>
    </testcase>
  </testsuite>
</testsuites>
`,
    );
  });

  it('has a case that was skipped for a scenario that could not run', () => {
    const scenarios = [scenario('ext4-bad-sectors', null, ['root', 'nbdfuse'])];
    const xml = formatJunit(
      { passed: 0, failed: 0, skipped: 1, scenarios, report: '/report.md' },
      new Date(0),
    );
    assert.match(xml, /tests="1" failures="0" errors="0" skipped="1"/);
    assert.match(xml, /<testcase [^>]+>\n +<skipped message="It needs root, nbdfuse"\/>/);
  });
});
