import type { Finding, ScenarioResult, SectorVerdict } from '../engine';
import { commandLink, markdownBlock, markdownCode, markdownText } from './foreignText';

/** What a report says of the run as a whole. */
export interface ReportContext {
  readonly startedAt: Date;
  readonly product: string;
  /** The command by which the sectors of images that are kept open; absent: the reader has none, and no sector is a link. */
  readonly openSectors?: string;
}

/** A scenario's result, and the device file of the images that are kept, whose sectors can be opened; null: none are. */
export interface ReportedScenario {
  readonly result: ScenarioResult;
  readonly deviceFile: string | null;
}

/** A run's report as Markdown, in the form of the published persistence test. For people: code reads the results. */
export function formatReport(scenarios: readonly ReportedScenario[], context: ReportContext): string {
  const results = scenarios.map(({ result }) => result);
  const ran = results.filter(({ missing }) => missing.length === 0);
  const passed = ran.filter((result) => result.passed).length;
  const verdict = ran.length === 0 ? '– NOT RUN' : passed === ran.length ? '✓ PASS' : '✗ FAIL';
  const skipped = results.length - ran.length;
  const others = skipped > 0 ? ` ${skipped} could not run here.` : '';
  const seconds = results.reduce((sum, result) => sum + result.seconds, 0);
  const sections = [
    '# Persistence Test Results',
    `## ${markdownText(context.product)} - ${context.startedAt.toISOString().slice(0, 10)}`,
    `**Test result: ${verdict}**: ${passed} of ${ran.length} scenarios passed in ${seconds.toFixed(1)} s.${others}`,
    formatSummary(results),
    ...scenarios.flatMap(({ result, deviceFile }) => formatScenario(result, linksTo(deviceFile, context))),
  ];
  return `${sections.join('\n\n')}\n`;
}

function formatSummary(results: readonly ScenarioResult[]): string {
  const rows = results.map(
    ({ name, title, passed, seconds, missing }) =>
      `| ${missing.length > 0 ? '–' : passed ? '✓' : '✗'} | ${markdownText(title)} (${markdownCode(name)}) | ${missing.length > 0 ? 'not run' : `${seconds.toFixed(1)} s`} |`,
  );
  return ['| | scenario | duration |', '|---|---|---|', ...rows].join('\n');
}

function formatScenario(result: ScenarioResult, linkTo: LinkTo | null): string[] {
  const parts = [
    '---',
    `## ${markdownText(result.title)}`,
    '### Test Objective',
    markdownText(result.objective),
  ];
  if (result.missing.length > 0)
    return [...parts, '### Not Run', 'It needs, and this computer lacks:', bullets(result.missing)];
  if (result.configuration.length > 0) parts.push('### Test Configuration', bullets(result.configuration));
  if (result.steps.length > 0) parts.push('### Test Procedure', numbered(result.steps));
  parts.push(
    '### Results',
    ...formatResults(result, linkTo),
    '### Key Findings',
    formatFindings(result, linkTo),
  );
  if (result.passed)
    parts.push('### What This Test Proves', bullets(result.proves.map((text) => `✓ ${text}`)));
  const open = result.passed ? result.doesNotProve : [...result.proves, ...result.doesNotProve];
  parts.push('### What This Test Does NOT Prove', bullets(open.map((text) => `✗ ${text}`)));
  return parts;
}

function formatResults({ statusLines, sectors, seconds }: ScenarioResult, linkTo: LinkTo | null): string[] {
  const parts = statusLines.map(
    ({ label, line }) => `#### ${markdownText(label)}\n${markdownBlock([`Status: ${line}`])}`,
  );
  if (sectors.length > 0) {
    const verified = sectors.filter(({ ok }) => ok).length;
    const summary = `Result: ${verified}/${sectors.length} sectors verified`;
    const verdicts =
      linkTo === null
        ? markdownBlock([...sectors.map(formatSector), '', summary])
        : `\n${sectors.map((verdict) => linkedSector(verdict, linkTo)).join('\n')}\n\n${summary}`;
    parts.push(`#### Data Integrity Verification\n${verdicts}`);
  }
  parts.push(`Duration: ${seconds.toFixed(1)} s`);
  return parts;
}

function formatSector(verdict: SectorVerdict): string {
  return `${verdict.ok ? '✓' : '✗'} Sector ${verdict.sector}: ${describeVerdict(verdict)}`;
}

function describeVerdict({ ok, expected, actual, source }: SectorVerdict): string {
  if (ok) return `Data preserved! ("${actual}", from ${source})`;
  return `${actual === null ? 'cannot be read' : `"${actual}"`} instead of "${expected}" (from ${source})`;
}

/** An item of a list, whose sector opens in the device that is kept. */
function linkedSector(verdict: SectorVerdict, linkTo: LinkTo): string {
  return `- ${verdict.ok ? '✓' : '✗'} ${linkTo(verdict.sector)}: ${markdownText(describeVerdict(verdict))}`;
}

/** A Markdown link to a sector of the device that is kept. */
type LinkTo = (sector: number) => string;

function linksTo(deviceFile: string | null, { openSectors }: ReportContext): LinkTo | null {
  if (deviceFile === null || openSectors === undefined) return null;
  return (sector) => `[Sector ${sector}](${commandLink(openSectors, [deviceFile, { sector }])})`;
}

function formatFindings({ findings, failure }: ScenarioResult, linkTo: LinkTo | null): string {
  const lines = findings.map(({ ok, text }: Finding) => `${ok ? '✓' : '✗'} ${text}`);
  const isTold = findings.some(({ ok, text }) => !ok && text === failure?.message);
  if (failure && !isTold) lines.push(`✗ ${failure.message}`);
  const text = bullets(lines.length > 0 ? lines : ['No finding']);
  if (linkTo === null || failure?.sector == null) return text;
  return `${text}\n- It failed at ${linkTo(failure.sector)}`;
}

function bullets(lines: readonly string[]): string {
  return lines.map((line) => `- ${markdownText(line)}`).join('\n');
}

function numbered(lines: readonly string[]): string {
  return lines.map((line, i) => `${i + 1}. ${markdownText(line)}`).join('\n');
}
