import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootFolder } from './paths';
import { onEnd } from './processes';
import type { Counts } from './reporter';

/** One run of a mocha suite inside VS Code. */
export interface SuiteRun {
  /** Names the run in messages and in the log's file name. */
  readonly name: string;
  /** The suite's bundle; its `run()` is called in the extension host. */
  readonly suitePath: string;
  /** The extension that VS Code loads from its sources. */
  readonly extensionPath: string;
  /** A package to install first. */
  readonly vsix?: string;
  readonly grep?: string;
  /** Whether the workspace is in Restricted Mode at first; else trust is off, and every workspace counts as trusted. */
  readonly restricted?: boolean;
  /** Whether the window has no folder open. */
  readonly noFolder?: boolean;
}

export interface Prepared {
  /** Temporary; removed at the end. */
  readonly folder: string;
  readonly workspace: string;
  readonly resultFile: string;
  /** Variables for the suite's environment. */
  readonly env: NodeJS.ProcessEnv;
}

/** Longest time a test host may take from its start to its end. */
export const hostTimeoutMs = Number(process.env.REMAP_TEST_TIMEOUT ?? 1500) * 1000;

/** Makes an empty workspace and a file name for the result. */
export async function prepare(suite: SuiteRun): Promise<Prepared> {
  const folder = await mkdtemp(join(tmpdir(), 'remap-test-'));
  onEnd(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));
  const workspace = join(folder, 'workspace');
  await mkdir(workspace);
  const resultFile = join(folder, 'result.json');
  const env = {
    REMAP_ROOT: rootFolder,
    REMAP_WORKSPACE: workspace,
    REMAP_TEST_RESULT: resultFile,
    ...(suite.vsix === undefined ? {} : { REMAP_TEST_VSIX: suite.vsix }),
    ...(suite.grep === undefined ? {} : { REMAP_TEST_GREP: suite.grep }),
  };
  return { folder, workspace, resultFile, env };
}

/** What the suite reported, or undefined if it did not get to its end. */
export async function readCounts(resultFile: string): Promise<Counts | undefined> {
  return existsSync(resultFile) ? (JSON.parse(await readFile(resultFile, 'utf8')) as Counts) : undefined;
}
