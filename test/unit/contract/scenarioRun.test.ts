import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { parseDeviceFile } from '../../../src/contract/deviceFile';
import { type Outcome, type RunFollower, runScenarios } from '../../../src/contract/scenarioRun';
import { DEFAULT_SCENARIO_SETTINGS, Machine, RemapError, type Scenario } from '../../../src/engine';
import type { ScenarioBench } from '../../../src/engine/scenario/bench';
import { tempFolder } from '../../support/tempFolder';

function scenario(name: string, run: (bench: ScenarioBench) => Promise<void>): Scenario {
  return { name, title: `Title of ${name}`, objective: 'Objective.', proves: [], doesNotProve: [], run };
}

const passing = scenario('passing', async (bench) => {
  bench.step('Create the device');
  await bench.createDevice();
  bench.progress('half of it');
});

const failing = scenario('failing', async (bench) => {
  bench.step('Create the device and set the flakey layer');
  const device = await bench.createDevice();
  await device.injectErrors({ flakey: '0 1 1 error_reads' });
  bench.check(false, 'sector 7 is wrong', 7);
});

const withoutDevice = scenario('without-device', async (bench) => bench.check(false, 'nothing was made'));

describe('a run of scenarios', () => {
  const folder = tempFolder();

  function run(scenarios: Scenario[], follower: RunFollower = {}, signal?: AbortSignal): Promise<Outcome[]> {
    const settings = DEFAULT_SCENARIO_SETTINGS;
    return runScenarios(
      { scenarios, settings, folder: folder.path('run'), ...(signal && { signal }) },
      follower,
    );
  }

  it('leaves nothing after a pass', async () => {
    const [outcome] = await run([passing]);
    assert.deepEqual([outcome?.result.passed, outcome?.keptFolder, outcome?.deviceFile], [true, null, null]);
    assert.equal(existsSync(folder.path('run')), false);
  });

  it('keeps the images of a failure with a device file, which makes the device as it was in the end', async () => {
    const [failed, passed] = await run([failing, passing]);
    assert.deepEqual(readdirSync(folder.path('run')), ['failing']);
    assert.deepEqual([failed?.result.passed, passed?.result.passed], [false, true]);
    const deviceFile = failed!.deviceFile!;
    const content = parseDeviceFile(await readFile(deviceFile, 'utf8'), deviceFile);
    const { markers, ...spec } = content;
    const machine = new Machine();
    try {
      const device = await machine.create({ name: 'kept', deviceFile, ...spec, markers: markers! });
      assert.deepEqual((await device.read(7, 1)).failed, [[7, 1]]);
      assert.equal(device.sectorCount, 204_800);
    } finally {
      await machine.close();
    }
  });

  it('keeps what there is when a scenario fails without a device', async () => {
    const [outcome] = await run([withoutDevice]);
    assert.deepEqual([outcome?.keptFolder, outcome?.deviceFile], [folder.path('run/without-device'), null]);
  });

  it('tells of each step, progress and end, and shows the machine for as long as the scenario runs', async () => {
    const told: string[] = [];
    await run([passing, failing], {
      attach: (machine, { name }) => {
        told.push(`attach ${name} ${machine.devices().length}`);
        return { dispose: () => told.push(`detach ${name}`) };
      },
      onStep: ({ name }, text) => told.push(`${name}: ${text}`),
      onProgress: ({ name }, text) => told.push(`${name}… ${text}`),
      onEnd: ({ result }) => told.push(`${result.name} ${result.passed}`),
    });
    assert.deepEqual(told, [
      'attach passing 0',
      'passing: Create the device',
      'passing… half of it',
      'detach passing',
      'passing true',
      'attach failing 0',
      'failing: Create the device and set the flakey layer',
      'detach failing',
      'failing false',
    ]);
  });

  it('ends when it is cancelled; an earlier failure stays', async () => {
    const controller = new AbortController();
    const cancelling = scenario('cancelling', async (bench) => {
      await bench.createDevice();
      controller.abort();
      bench.progress('on and on');
    });
    await assert.rejects(
      run([failing, cancelling, passing], {}, controller.signal),
      (error) => error instanceof RemapError && error.code === 'ECANCELED',
    );
    assert.deepEqual(readdirSync(folder.path('run')), ['failing']);
  });
});
