import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createImages } from '../../../../src/engine/machine/images';
import { Machine } from '../../../../src/engine/machine/machine';
import { remapPersistence } from '../../../../src/engine/scenario/persistence';
import { runScenario } from '../../../../src/engine/scenario/runScenario';
import type { Scenario } from '../../../../src/engine/scenario/scenario';
import { DEFAULT_SCENARIO_SETTINGS as settings } from '../../../../src/engine/scenario/scenarioResult';
import { tempFolder } from '../../../support/tempFolder';

function scenarioOf(run: Scenario['run']): Scenario {
  return { name: 'probe', title: 'Probe', objective: 'Probe.', proves: ['a'], doesNotProve: ['b'], run };
}

describe('running a scenario', () => {
  const folder = tempFolder();

  const resultOf = (run: Scenario['run'], machine = new Machine()) =>
    runScenario(scenarioOf(run), { machine, folder: folder.path(), settings });

  it('gives its observations, and removes its devices', async () => {
    const machine = new Machine();
    const { passed, failure, steps, findings, statusLines } = await resultOf(async (bench) => {
      bench.step('first');
      await bench.createDevice({ mainSectors: 20_480, spareSectors: 8192 });
      bench.check(true, 'all is well');
      bench.recordStatus('now');
    }, machine);
    assert.deepEqual([passed, failure, steps], [true, null, ['first']]);
    assert.deepEqual(findings, [{ ok: true, text: 'all is well' }]);
    assert.match(statusLines[0]!.line, /^0 20480 dm-remap-v4 /);
    assert.deepEqual(machine.devices(), []);
  });

  it('does not begin where the computer lacks what it needs, and says what', async () => {
    const needy = { ...scenarioOf(() => Promise.reject(new Error('it ran'))), missing: async () => ['root'] };
    const { passed, failure, missing } = await runScenario(needy, {
      machine: new Machine(),
      folder: folder.path(),
      settings,
    });
    assert.deepEqual([passed, failure, missing], [false, null, ['root']]);
  });

  it('ends with the first check that does not hold, and says where to look', async () => {
    const { passed, failure, steps } = await resultOf(async (bench) => {
      await bench.createDevice({ mainSectors: 20_480, spareSectors: 8192 });
      bench.check(false, 'sector 7 is wrong', 7);
      bench.step('never');
    });
    assert.deepEqual([passed, steps], [false, []]);
    assert.deepEqual(failure, { message: 'sector 7 is wrong', device: 'probe', sector: 7 });
  });

  it('takes errors of the engine, and others, for a failure', async () => {
    const refused = await resultOf(async (bench) => bench.machine.remove('x'));
    assert.match(refused.failure!.message, /^ENODEV: there is no assembled device named x/);
    const gone = await resultOf(async (bench) => void bench.device());
    assert.match(gone.failure!.message, /the device probe is not there/);
    const broken = await resultOf(() => Promise.reject(new TypeError('a defect')));
    assert.match(broken.failure!.message, /^TypeError: a defect\n +at /);
  });

  it('throws when it is cancelled, with its devices removed', async () => {
    const machine = new Machine();
    const cancel = new AbortController();
    const run = scenarioOf(async (bench) => {
      await bench.createDevice({ mainSectors: 20_480, spareSectors: 8192 });
      cancel.abort();
      bench.step('never');
    });
    const options = { machine, folder: folder.path(), settings, signal: cancel.signal };
    await assert.rejects(runScenario(run, options), { code: 'ECANCELED' });
    assert.deepEqual(machine.devices(), []);
  });

  it('leaves images alone that it is given a copy of, and keeps to sectors that are free there', async () => {
    const [main, spare] = [folder.path('my.img'), folder.path('my-spare.img')];
    await createImages({ main, mainSectors: 20_480, spare, spareSectors: 8192 });
    const machine = new Machine();
    const markers = { sectors: [1000, 2000], text: 'test_data_{sector}' };
    const mine = { name: 'mine', deviceFile: null, main, spares: [spare], flakey: null, markers };
    const device = await machine.create(mine);
    await device.injectErrors({ sectors: [[1000, 1]] });
    await device.writeMarkers();
    await machine.close();
    const before = await Promise.all([readFile(main), readFile(spare)]);
    const imagesToCopy = { main, spares: [spare] };
    const options = { machine: new Machine(), folder: folder.path(), settings, imagesToCopy };
    const { failure, configuration, sectors } = await runScenario(remapPersistence, options);
    assert.equal(failure, null);
    assert.match(configuration.join('\n'), /Main image: 10 MB, 20,480 sectors \(copy, 1 remaps\)/);
    assert.ok(sectors.every(({ sector }) => sector !== 1000));
    assert.deepEqual(await Promise.all([readFile(main), readFile(spare)]), before);
  });
});
