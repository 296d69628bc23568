import { spawn } from 'node:child_process';
import { type Finished, finished } from '../cli/commandLine';

/** How long a program may take before it is killed: a server that doesn't answer must not hold up the tests. */
const LIMIT_MS = 60_000;

/** Runs a program while this process goes on serving it. */
export function runProgram(program: string, args: readonly string[], input = ''): Promise<Finished> {
  const child = spawn(program, args, { timeout: LIMIT_MS });
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return finished(child);
}

/** As {@link runProgram}, for one that must succeed. Answers what it printed. */
export async function mustRun(program: string, args: readonly string[], input = ''): Promise<string> {
  const { code, stdout, stderr } = await runProgram(program, args, input);
  if (code === 0) return stdout;
  throw new Error(`${program} ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
}
