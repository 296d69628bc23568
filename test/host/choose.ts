import { findDesktop, runDesktop } from './desktop';
import { runEmbedded } from './embedded';
import { type EmbeddedVersion, newest } from './embeddedVersion';
import { UserError } from './processes';
import type { Counts } from './reporter';
import { prepare, readCounts, type SuiteRun } from './suiteRun';

/**
 * Runs a suite in desktop VS Code if that can run here, else in the embedded one. `wanted` names one of them and allows
 * no other. Fails if the suite did not get to its end.
 */
export async function runInHost(
  version: EmbeddedVersion,
  wanted: string | undefined,
  suite: SuiteRun,
): Promise<Counts> {
  const desktop =
    wanted === 'embedded'
      ? 'the embedded one was asked for'
      : await findDesktop(version === newest ? undefined : version.vscode);
  if (typeof desktop !== 'string') {
    const prepared = await prepare(suite);
    const code = await runDesktop(desktop, suite, prepared);
    const counts = await readCounts(prepared.resultFile);
    if (counts) return agreed(counts, code);
    if (wanted === 'desktop') throw new UserError(`Desktop VS Code ended with ${code} without a result.`);
    console.log(`Desktop VS Code ended with ${code} without a result; taking the embedded one.`);
  } else if (wanted === 'desktop') {
    throw new UserError(`No desktop VS Code: ${desktop}.`);
  } else {
    console.log(`No desktop VS Code: ${desktop}.`);
  }
  const prepared = await prepare(suite);
  const code = await runEmbedded(version, suite, prepared);
  const counts = await readCounts(prepared.resultFile);
  if (!counts) throw new UserError(`The suite ended with ${code} without a result; see out/artifacts.`);
  return agreed(counts, code);
}

/** The counts, with one failure more if the test host failed although no test did. */
function agreed(counts: Counts, code: number): Counts {
  if (code === 0 || counts.failed > 0) return counts;
  console.error(`All tests passed, but the host ended with ${code}.`);
  return { ...counts, failed: 1 };
}
