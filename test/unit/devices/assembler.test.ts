import assert from 'node:assert/strict';
import { rename, rm, writeFile } from 'node:fs/promises';
import { AssembledMemory } from '../../../src/devices/assembledMemory';
import { Assembler } from '../../../src/devices/assembler';
import { Inventory } from '../../../src/devices/inventory';
import { Machines } from '../../../src/devices/machines';
import { createImages, Machine, RemapError } from '../../../src/engine';
import { FolderFiles } from '../../support/devices/folderFiles';
import { memento } from '../../support/devices/memento';
import { tempFolder } from '../../support/tempFolder';

describe('assembler', () => {
  const folder = tempFolder();
  const elsewhere = tempFolder();
  let machine: Machine;
  let inventory: Inventory;
  let memory: AssembledMemory;
  let assembler: Assembler;
  let errors: string[];

  beforeEach(() => {
    machine = new Machine();
    inventory = new Inventory(new Machines(machine), new FolderFiles(() => folder.path()), () => {});
    memory = new AssembledMemory(memento());
    errors = [];
    assembler = new Assembler(machine, inventory, memory, { error: (message) => errors.push(message) });
  });

  afterEach(async () => {
    inventory.dispose();
    await machine.close();
  });

  /** Two images, and a device file that names them unless it is left out. */
  async function disk(name: string, { mainSectors = 4096, withFile = true } = {}): Promise<string> {
    const main = folder.path(`${name}.img`);
    const spare = folder.path(`${name}-spare.img`);
    await createImages({ main, mainSectors, spare, spareSectors: 4096 });
    const path = folder.path(`${name}.remap`);
    if (withFile) await writeFile(path, `{ "main": "${name}.img", "spare": "${name}-spare.img" }`);
    return path;
  }

  const assembledNames = () => machine.devices().map(({ name }) => name);
  const hasCode = (code: string) => (error: unknown) => error instanceof RemapError && error.code === code;

  it('makes a device of its file, and remembers it', async () => {
    const path = await disk('a');
    const device = await assembler.assemble('a.remap');
    assert.deepEqual([device.name, device.spec.deviceFile], ['a', path]);
    assert.equal(await assembler.assemble('a'), device);
    assert.deepEqual(memory.recall(), [path]);
  });

  it('makes a device of two images; their paths start from the workspace', async () => {
    await disk('a', { withFile: false });
    const images = { main: 'a.img', spare: 'a-spare.img' };
    assert.equal((await assembler.specOf(images)).main, folder.path('a.img'));
    const device = await assembler.assemble(images);
    assert.deepEqual([device.name, device.spec.deviceFile], ['a', null]);
    assert.equal(await assembler.assemble(images), device);
  });

  it('makes one device for several that ask at once', async () => {
    await disk('a');
    const asked = await Promise.all([1, 2, 3].map(() => assembler.assemble('a.remap')));
    assert.deepEqual(assembledNames(), ['a']);
    assert.ok(asked.every((device) => device === asked[0]));
  });

  it('shows at a device why it was refused, until it is assembled', async () => {
    const path = await disk('a');
    await rename(folder.path('a.img'), folder.path('moved.img'));
    await assert.rejects(assembler.assemble(path), hasCode('ENOENT'));
    assert.ok(hasCode('ENOENT')(inventory.find('a').problem));
    assert.deepEqual(memory.recall(), []);
    await rename(folder.path('moved.img'), folder.path('a.img'));
    await assembler.assemble(path);
    assert.equal(inventory.find('a').problem, undefined);
  });

  it('leaves no trace in the list of a device outside the workspace that was refused, and keeps one inside', async () => {
    const outside = elsewhere.path('outside.remap');
    const text = '{ "main": "missing.img", "spare": "missing-spare.img" }';
    await writeFile(outside, text);
    await assert.rejects(assembler.assemble(outside), hasCode('ENOENT'));
    assert.deepEqual(inventory.entries(), []);
    await writeFile(folder.path('inside.remap'), text);
    await assert.rejects(assembler.assemble('inside.remap'), hasCode('ENOENT'));
    assert.deepEqual(
      inventory.entries().map(({ name }) => name),
      ['inside'],
    );
  });

  it('assembles the devices of all files; one that is refused is logged and holds up no other', async () => {
    await disk('a');
    await disk('b');
    await rm(folder.path('a.img'));
    await machine.unloadModule('setup-reassembly');
    const assembled = await assembler.assembleAll();
    assert.deepEqual(
      assembled.map(({ name }) => name),
      ['b'],
    );
    assert.equal(errors.length, 1);
    assert.match(errors[0]!, /a\.img/);
  });

  it('assembles what the images hold by themselves only while setup-reassembly is loaded', async () => {
    await disk('a', { withFile: false });
    await machine.unloadModule('setup-reassembly');
    assert.deepEqual(await assembler.assembleAll(), []);
    await machine.loadModule('setup-reassembly');
    await assembler.assembleAll();
    assert.deepEqual(assembledNames(), ['a']);
    assert.deepEqual(await assembler.assembleAll(), []);
  });

  it('throws when all that was found are spares without their mains', async () => {
    await disk('a', { withFile: false });
    await rm(folder.path('a.img'));
    await assert.rejects(assembler.assembleAll(), hasCode('ENOENT'));
    await disk('b', { mainSectors: 8192 });
    await assembler.assembleAll();
    assert.deepEqual(assembledNames(), ['b']);
    assert.match(errors.at(-1)!, /a-spare\.img belongs to a main image of 4096 sectors/);
  });

  it('stops between two devices when it is cancelled', async () => {
    await disk('a');
    await inventory.search();
    await assert.rejects(assembler.assembleAll(AbortSignal.abort()), { name: 'AbortError' });
    assert.deepEqual(assembledNames(), []);
  });
});
