import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import {
  Machine,
  runScenario,
  SCENARIOS,
  type Scenario,
  type ScenarioResult,
  DEFAULT_SCENARIO_SETTINGS as settings,
} from '../../src/engine';
import { commandLine, finished } from '../support/cli/commandLine';
import { mustRun } from '../support/export/program';
import { DEFECTS } from '../support/scenario/defects';
import { tempFolder } from '../support/tempFolder';

/** The mounts of a process, and the loop devices over them. */
async function mountsOf(pid = process.pid): Promise<string[]> {
  const lines = [
    ...readFileSync('/proc/mounts', 'utf8').split('\n'),
    ...(await mustRun('losetup', ['-a'])).split('\n'),
  ];
  return lines.filter((line) => line.includes(`/remap-mount-${pid}-`));
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function need(context: Mocha.Context, { name, missing }: Scenario): Promise<void> {
  const lacks = (await missing?.()) ?? [];
  if (lacks.length === 0) return;
  const text = `${name} needs ${lacks.join(', ')}`;
  if (process.env.REMAP_MOUNTS === 'required') throw new Error(text);
  console.log(`      skipped: ${text}`);
  context.skip();
}

const MOUNTING = SCENARIOS.filter(({ missing }) => missing);

describe('a mounted file system', function () {
  this.timeout(120_000);
  const folder = tempFolder();

  const run = (scenario: Scenario, machine: Machine): Promise<ScenarioResult> =>
    runScenario(scenario, { machine, folder: folder.path(), settings });

  for (const scenario of MOUNTING) {
    it(`${scenario.name} passes, and leaves nothing mounted`, async function () {
      await need(this, scenario);
      const { failure } = await run(scenario, new Machine());
      assert.equal(failure, null);
      assert.deepEqual(await mountsOf(), []);
    });

    it(`${scenario.name} fails with the defect that it is after, and says why`, async function () {
      await need(this, scenario);
      const defect = DEFECTS[scenario.name];
      assert.ok(defect, `no defect is known for ${scenario.name}`);
      const { passed, failure } = await run(scenario, defect.machine());
      assert.equal(passed, false);
      assert.match(failure?.message ?? '', defect.says);
      assert.deepEqual(await mountsOf(), []);
    });
  }
});

describe('an interrupt amid a mounted file system', function () {
  this.timeout(60_000);
  const cli = commandLine();

  before(function () {
    return need(this, MOUNTING[0]!);
  });

  /** Starts a scenario, and waits until its file system is mounted. */
  async function start(): Promise<ChildProcess> {
    const child = cli.start(['test', 'ext4-bad-sectors']);
    await until(async () => (await mountsOf(child.pid)).some((line) => line.includes(' ext4 ')));
    return child;
  }

  it('takes it away and ends', async () => {
    const child = await start();
    const end = finished(child);
    child.kill('SIGINT');
    const { code, stderr } = await end;
    assert.deepEqual([code, stderr], [3, 'ECANCELED: the scenario was cancelled\n']);
    assert.deepEqual(await mountsOf(child.pid), []);
  });

  it('that is repeated ends at once, and it is taken away all the same', async () => {
    const child = await start();
    const end = finished(child);
    child.kill('SIGINT');
    child.kill('SIGTERM');
    await end;
    await until(async () => (await mountsOf(child.pid)).length === 0);
  });

  it('that kills leaves nothing either', async () => {
    const child = await start();
    const end = finished(child);
    child.kill('SIGKILL');
    await end;
    await until(async () => (await mountsOf(child.pid)).length === 0);
  });
});
