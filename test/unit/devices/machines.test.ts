import assert from 'node:assert/strict';
import { Machines } from '../../../src/devices/machines';
import { createImages, Machine, type RemapDevice, RemapError } from '../../../src/engine';
import { tempFolder } from '../../support/tempFolder';

const markers = { sectors: [], text: '' };

describe('machines', () => {
  const folder = tempFolder();
  let own: Machine;
  let other: Machine;
  let machines: Machines;

  beforeEach(() => {
    own = new Machine({ modules: ['stats', 'real'] });
    other = new Machine();
    machines = new Machines(own);
  });

  afterEach(() => Promise.all([own.close(), other.close()]));

  async function create(machine: Machine, file: string): Promise<RemapDevice> {
    const main = folder.path(`${file}.img`);
    const spare = folder.path(`${file}-spare.img`);
    await createImages({ main, mainSectors: 204_800, spare, spareSectors: 102_400 });
    return machine.create({ name: 'disk', deviceFile: null, main, spares: [spare], flakey: null, markers });
  }

  it('lists the devices of a scenario while it is there, and knows whose is whose even by the same name', async () => {
    const mine = await create(own, 'mine');
    const theirs = await create(other, 'theirs');
    assert.deepEqual(machines.devices(), [mine]);
    const entry = { machine: other, name: 'soak' };
    machines.add(entry);
    assert.deepEqual(machines.devices(), [mine, theirs]);
    assert.deepEqual([machines.scenarioOf(mine), machines.scenarioOf(theirs)], [undefined, entry]);
    assert.deepEqual([machines.of(mine), machines.of(theirs)], [own, other]);
    assert.equal(machines.requireOwn(mine), mine);
    assert.throws(
      () => machines.requireOwn(theirs),
      (error) => error instanceof RemapError && error.code === 'EBUSY' && /soak/.test(error.message),
    );
    machines.delete(entry);
    assert.deepEqual(machines.devices(), [mine]);
  });

  it("shows the modules of the scenario that started last, then the user's again", () => {
    const loaded = () => machines.shownModules().modules.filter((module) => module.loaded).length;
    assert.equal(machines.shownModules().scenario, undefined);
    const [first, second] = [
      { machine: other, name: 'first' },
      { machine: other, name: 'second' },
    ];
    machines.add(first);
    machines.add(second);
    assert.deepEqual([machines.shownModules().scenario, loaded()], ['second', 5]);
    machines.delete(second);
    assert.equal(machines.shownModules().scenario, 'first');
    machines.delete(first);
    assert.deepEqual([machines.shownModules().scenario, loaded()], [undefined, 2]);
  });
});
