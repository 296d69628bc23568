#!/usr/bin/env node
import { version } from '../../package.json';
import { parseCommandLine, type Request, UsageError } from './commandLine';
import { EXIT } from './exitCodes';
import { programHelp, verbHelp } from './help';
import type { VerbName } from './verbs';

/*
 * The command line. Help and complaints about the arguments need nothing else; what a verb needs is loaded when it runs.
 */

/** A reader that goes away is no error. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** A fault of the program is a failure, not what Node makes of it: 1 says that something was found bad. */
process.on('uncaughtException', (error) => {
  process.stderr.write(`EFAULT: ${error.stack}\n`);
  process.exit(EXIT.failed);
});

void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});

async function main(args: readonly string[]): Promise<number> {
  const request = read(args);
  switch (request?.kind) {
    case undefined:
      return EXIT.usage;
    case 'version':
      process.stdout.write(`${version}\n`);
      return EXIT.done;
    case 'help':
      process.stdout.write(await helpFor(request.verb));
      return EXIT.done;
    case 'run': {
      const { runInProcess } = await import('./process');
      return runInProcess(request.given);
    }
  }
}

function read(args: readonly string[]): Request | undefined {
  try {
    return parseCommandLine(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    const name = error.verb === undefined ? 'remap-inspector' : `remap-inspector ${error.verb}`;
    process.stderr.write(`${name}: ${error.message}\nSee: ${name} --help\n`);
    return undefined;
  }
}

async function helpFor(verb: VerbName | undefined): Promise<string> {
  if (verb === undefined) return programHelp();
  if (verb !== 'test') return verbHelp(verb);
  const { SCENARIOS } = await import('../engine');
  return verbHelp(verb, [
    'Scenarios:',
    ...SCENARIOS.map(({ name, title }) => `  ${name.padEnd(22)}${title}`),
  ]);
}
