import * as vscode from 'vscode';
import { describeRun, resultOf } from '../contract/testReport';
import { inform, warn } from '../frame/notifications';
import { openText } from '../frame/openText';
import type { FinishedTest } from './persistenceTests';

const OPEN_REPORT = 'Open Report';

/** Tells what came of a run that was started where its report doesn't open by itself, and offers to open it. */
export async function offerReport({ outcomes, report }: FinishedTest): Promise<void> {
  const result = resultOf(outcomes, report);
  const chosen = await (result.failed > 0 ? warn : inform)(describeRun(result), OPEN_REPORT);
  if (chosen === OPEN_REPORT) await showReport({ report });
}

/** Shows the report as a page, or as text where no extension shows Markdown. */
export async function showReport({ report }: Pick<FinishedTest, 'report'>): Promise<void> {
  try {
    await vscode.commands.executeCommand('markdown.showPreview', vscode.Uri.file(report));
  } catch {
    await openText(report);
  }
}
