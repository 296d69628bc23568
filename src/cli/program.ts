import { type Given, UsageError } from './commandLine';
import { runDeviceVerb } from './deviceRun';
import { EXIT } from './exitCodes';
import type { Surroundings } from './surroundings';

/** Runs a verb and prints what comes of it. Resolves to the exit code; never rejects. */
export async function run(given: Given, surroundings: Surroundings): Promise<number> {
  const { terminal } = surroundings;
  try {
    return await runVerb(given, surroundings);
  } catch (error) {
    if (!(error instanceof UsageError)) {
      terminal.noteError(error);
      return EXIT.failed;
    }
    terminal.note(`remap-inspector ${given.verb}: ${error.message}`);
    terminal.note(`See: remap-inspector ${given.verb} --help`);
    return EXIT.usage;
  } finally {
    terminal.clearProgress();
  }
}

async function runVerb(given: Given, surroundings: Surroundings): Promise<number> {
  switch (given.verb) {
    case 'create':
      return (await import('./create')).runCreate(given, surroundings);
    case 'reboot':
      return (await import('./reboot')).runReboot(given, surroundings);
    case 'compare':
      return (await import('./compare')).runCompare(given, surroundings);
    case 'merge':
      return (await import('./merge')).runMerge(given, surroundings);
    case 'test':
      return (await import('./test')).runTest(given, surroundings);
    case 'serve':
      return (await import('./serve')).runServe(given, surroundings);
    default:
      return runDeviceVerb({ ...given, verb: given.verb }, surroundings);
  }
}
