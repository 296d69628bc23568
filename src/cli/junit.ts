import type { CommandResults } from '../contract/commandResults';
import { printable } from '../engine';

type TestResult = CommandResults['runPersistenceTest'];

/** The result of a run as JUnit XML: a suite with a case for each scenario. */
export function formatJunit({ scenarios, failed, skipped }: TestResult, startedAt: Date): string {
  const seconds = scenarios.reduce((sum, scenario) => sum + scenario.seconds, 0);
  const counts = `tests="${scenarios.length}" failures="${failed}" errors="0" skipped="${skipped}"`;
  const suite = `name="remap-inspector" ${counts} time="${seconds.toFixed(3)}" timestamp="${startedAt.toISOString().slice(0, 19)}"`;
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites ${counts} time="${seconds.toFixed(3)}">`,
    `  <testsuite ${suite}>`,
    ...scenarios.flatMap(caseLines),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function caseLines({ name, seconds, details }: TestResult['scenarios'][number]): string[] {
  const { title, failure, findings, deviceFile, missing } = details;
  const head = `    <testcase classname="persistence" name=${quoted(name)} time="${seconds.toFixed(3)}"`;
  const output = [title, ...findings.map(({ ok, text }) => `${ok ? 'ok' : 'NOT OK'}: ${text}`)];
  if (deviceFile !== null) output.push(`The images are kept: ${deviceFile}`);
  return [
    `${head}>`,
    ...(missing.length > 0 ? [`      <skipped message=${quoted(`It needs ${missing.join(', ')}`)}/>`] : []),
    ...(failure
      ? [`      <failure message=${quoted(failure.message)}>${escaped(failure.message)}</failure>`]
      : []),
    `      <system-out>${output.map(escaped).join('\n')}</system-out>`,
    '    </testcase>',
  ];
}

function quoted(text: string): string {
  return `"${escaped(text)}"`;
}

/** XML has no control characters, not even escaped: they are shown as `printable` shows them. */
function escaped(text: string): string {
  return printable(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
