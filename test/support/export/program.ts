import { spawn } from 'node:child_process';

/** How long a program may take before it is killed: a server that doesn't answer must not hold up the tests. */
const LIMIT_MS = 60_000;

export interface Outcome {
  /** The exit code; null: it was killed. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program while this process goes on serving it. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { timeout: LIMIT_MS });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk;
    });
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

/** As {@link runProgram}, for one that must succeed. Answers what it printed. */
export async function mustRun(program: string, args: readonly string[], input = ''): Promise<string> {
  const { status, stdout, stderr } = await runProgram(program, args, input);
  if (status === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stdout}${stderr}`);
}
