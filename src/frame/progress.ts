import * as vscode from 'vscode';
import { withoutLinks } from '../contract/foreignText';
import type { Task } from '../contract/task';

/** Work that is done sooner shows no progress: a notification that flashes can't be read. */
const SHOW_AFTER_MS = 600;

/**
 * Runs work that may take long: after a moment a notification shows its progress and, if the work is cancellable, a
 * button that aborts its signal.
 */
export async function withProgress<T>(
  title: string,
  work: (task: Task) => Promise<T>,
  { cancellable = false }: { cancellable?: boolean } = {},
): Promise<T> {
  const controller = new AbortController();
  let show: ((text: string, fraction?: number | undefined) => void) | undefined;
  let last: [text: string, fraction?: number | undefined] | undefined;
  const report = (text: string, fraction?: number | undefined) => {
    last = [text, fraction];
    show?.(text, fraction);
  };
  const result = work({ signal: controller.signal, report });
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: withoutLinks(title), cancellable },
      (progress, token) => {
        token.onCancellationRequested(() => controller.abort());
        show = progressReporter(progress);
        if (last) show(...last);
        return result.then(ignore, ignore);
      },
    );
  }, SHOW_AFTER_MS);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
  }
}

function progressReporter(progress: vscode.Progress<{ message?: string; increment?: number }>) {
  let done = 0;
  return (text: string, fraction?: number | undefined) => {
    const message = withoutLinks(text);
    if (fraction === undefined) return progress.report({ message });
    const increment = Math.max(0, fraction * 100 - done);
    done += increment;
    progress.report({ message, increment });
  };
}

function ignore(): void {}
