import { commandLink, markdownText } from '../contract/foreignText';
import type { Outcome } from '../contract/scenarioRun';
import { printable } from '../engine';
import { commands } from '../manifest';

/** Why a scenario failed, as Markdown, with a link that opens the sector where that can be seen. */
export function failureMarkdown({ result, deviceFile }: Outcome): string {
  const { message, sector } = result.failure!;
  const text = markdownText(message);
  if (deviceFile === null) return text;
  const link = commandLink(commands.openSectors, sector === null ? [deviceFile] : [deviceFile, { sector }]);
  const label = sector === null ? 'Open the device' : `Open sector ${sector}`;
  return `${text}\n\n[${label}](${link})`;
}

/** What a scenario found, a line for each finding. Status lines are too long for a terminal: they are in the report. */
export function findingLines({ result, keptFolder }: Outcome): string[] {
  const { findings, failure, seconds, passed, missing } = result;
  if (missing.length > 0) return [`Not run: it needs ${missing.join(', ')}`];
  const isTold = findings.some(({ ok, text }) => !ok && text === failure?.message);
  return [
    ...findings.map(({ ok, text }) => `${ok ? '✓' : '✗'} ${text}`),
    ...(failure && !isTold ? [`✗ ${failure.message}`] : []),
    ...(keptFolder === null ? [] : [`The images are kept in ${keptFolder}`]),
    `${passed ? 'Passed' : 'Failed'} in ${seconds.toFixed(1)} s`,
  ];
}

/** Lines with the line ends that a terminal needs, without what it would obey. */
export function terminalText(lines: readonly string[]): string {
  return lines.map((line) => `${printable(line)}\r\n`).join('');
}
