import { commands } from '../manifest';
import type { Outcome } from './scenarioRun';

/** Why a scenario failed, as Markdown, with a link that opens the sector where that can be seen. */
export function failureMarkdown({ result, deviceFile }: Outcome): string {
  const { message, sector } = result.failure!;
  const text = escapeMarkdown(message);
  if (deviceFile === null) return text;
  const commandArguments = JSON.stringify(sector === null ? [deviceFile] : [deviceFile, { sector }]);
  const label = sector === null ? 'Open the device' : `Open sector ${sector}`;
  return `${text}\n\n[${label}](command:${commands.openSectors}?${encodeURIComponent(commandArguments)})`;
}

/** What a scenario found, a line for each finding. Status lines are too long for a terminal: they are in the report. */
export function findingLines({ result, keptFolder }: Outcome): string[] {
  const { findings, failure, seconds, passed } = result;
  const isTold = findings.some(({ ok, text }) => !ok && text === failure?.message);
  return [
    ...findings.map(({ ok, text }) => `${ok ? '✓' : '✗'} ${text}`),
    ...(failure && !isTold ? [`✗ ${failure.message}`] : []),
    ...(keptFolder === null ? [] : [`The images are kept in ${keptFolder}`]),
    `${passed ? 'Passed' : 'Failed'} in ${seconds.toFixed(1)} s`,
  ];
}

/** Lines with the line ends that a terminal needs. */
export function terminalText(lines: readonly string[]): string {
  return lines.map((line) => `${line.replaceAll(/\r?\n/g, '\r\n')}\r\n`).join('');
}

function escapeMarkdown(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+\-.!<>|]/g, '\\$&');
}
