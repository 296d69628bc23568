import type { Given } from './commandLine';
import { EXIT } from './exitCodes';
import { run } from './program';
import { Terminal } from './terminal';

/** Runs a verb with this process's streams and signals. The first signal ends the work cleanly, the second one at once. */
export function runInProcess(given: Given): Promise<number> {
  const terminal = new Terminal(process.stdout, process.stderr);
  const cancel = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      if (cancel.signal.aborted) process.exit(EXIT.failed);
      cancel.abort();
    });
  }
  const report = (text: string, fraction?: number) => terminal.progress(text, fraction);
  return run(given, { terminal, input: process.stdin, task: { signal: cancel.signal, report } });
}
