import * as vscode from 'vscode';
import { withoutLinks } from '../contract/foreignText';
import type { Task } from '../contract/task';

/** Work that is done sooner shows no progress: a notification that flashes can't be read. */
const SHOW_AFTER_MS = 600;

/** What work waits for. It takes the place of what the work reports. */
interface Waiting {
  /** Undefined: for nothing. */
  text(): string | undefined;
  /** {@link text} may have changed. */
  readonly onDidChange: vscode.Event<unknown>;
}

interface ProgressOptions {
  readonly cancellable?: boolean;
  readonly waiting?: Waiting;
}

/**
 * Runs work that may take long: after a moment a notification shows its progress and, if the work is cancellable, a
 * button that aborts its signal.
 */
export async function withProgress<T>(
  title: string,
  work: (task: Task) => Promise<T>,
  { cancellable = false, waiting }: ProgressOptions = {},
): Promise<T> {
  const controller = new AbortController();
  let show: ((text: string, fraction?: number | undefined) => void) | undefined;
  let last: [text: string, fraction?: number | undefined] = [''];
  const update = () => {
    const [text, fraction] = last;
    show?.(waiting?.text() ?? text, fraction);
  };
  const report = (text: string, fraction?: number | undefined) => {
    last = [text, fraction];
    update();
  };
  const result = work({ signal: controller.signal, report });
  const following = waiting?.onDidChange(update);
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title: withoutLinks(title), cancellable },
      (progress, token) => {
        token.onCancellationRequested(() => controller.abort());
        show = progressReporter(progress);
        update();
        return result.then(ignore, ignore);
      },
    );
  }, SHOW_AFTER_MS);
  try {
    return await result;
  } finally {
    clearTimeout(timer);
    following?.dispose();
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
