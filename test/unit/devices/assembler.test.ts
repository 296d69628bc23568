import assert from 'node:assert/strict';
import { readdirSync, realpathSync } from 'node:fs';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Memento } from 'vscode';
import { AssembledMemory } from '../../../src/devices/assembledMemory';
import { Assembler } from '../../../src/devices/assembler';
import { Inventory } from '../../../src/devices/inventory';
import { Machines } from '../../../src/devices/machines';
import { deviceKeyOf, RESTRICTED, WritePolicy } from '../../../src/devices/writePolicy';
import { createImages, Machine, RemapError } from '../../../src/engine';
import { FolderFiles } from '../../support/devices/folderFiles';
import { memento } from '../../support/devices/memento';
import { needing } from '../../support/needs';
import { tempFolder } from '../../support/tempFolder';

describe('assembler', () => {
  const folder = tempFolder();
  const elsewhere = tempFolder();
  let machine: Machine;
  let inventory: Inventory;
  let memory: AssembledMemory;
  let assembler: Assembler;
  let errors: string[];
  let isTrusted: boolean;
  let store: Memento;
  let policy: WritePolicy;

  beforeEach(() => {
    machine = new Machine();
    inventory = new Inventory(new Machines(machine), new FolderFiles(() => folder.path()), () => {});
    memory = new AssembledMemory(memento());
    errors = [];
    isTrusted = true;
    store = memento();
    policy = new WritePolicy({ isTrusted: () => isTrusted, folders: () => [folder.path()] }, store);
    const log = { error: (message: string) => errors.push(message) };
    assembler = new Assembler(machine, inventory, memory, policy, log);
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

  /** A device file in the workspace that names images outside it, one of them by a link. */
  async function strangersDevice(): Promise<string> {
    const [main, spare] = [elsewhere.path('main.img'), elsewhere.path('spare.img')];
    await createImages({ main, mainSectors: 4096, spare, spareSectors: 4096 });
    await symlink(main, folder.path('link.img'));
    const path = folder.path('stranger.remap');
    await writeFile(path, JSON.stringify({ main: 'link.img', spare }));
    return path;
  }

  const reasonOf = (name: string) => machine.device(name)?.spec.readOnly;

  it('opens all devices read-only in Restricted Mode, and for writing when asked once it is trusted', async () => {
    await disk('a');
    await disk('b', { withFile: false });
    isTrusted = false;
    const before = readdirSync(folder.path());
    const all = await assembler.assembleAll();
    assert.deepEqual(
      all.map(({ spec }) => spec.readOnly),
      [RESTRICTED, RESTRICTED],
    );
    await assembler.assemble('a.remap', { permit: true });
    await assembler.assemble('a.remap', { forWriting: true });
    assert.equal(reasonOf('a'), RESTRICTED);
    assert.deepEqual(readdirSync(folder.path()), before);
    isTrusted = true;
    const device = await assembler.assemble({ deviceKey: folder.path('a.remap') });
    assert.deepEqual([device.readOnly, reasonOf('a'), reasonOf('b')], [false, undefined, RESTRICTED]);
    assert.equal((await assembler.assemble({ main: 'b.img', spare: 'b-spare.img' })).readOnly, false);
  });

  it(
    'opens read-only what names images outside the workspace, until it is permitted once',
    needing('symlinks', async () => {
      const path = await strangersDevice();
      const images = [elsewhere.path('main.img'), elsewhere.path('spare.img')].map((image) =>
        realpathSync(image),
      );
      await machine.unloadModule('setup-reassembly');
      await assembler.assembleAll();
      assert.match(reasonOf('stranger') ?? '', /main\.img and .*spare\.img are outside the workspace/);
      assert.deepEqual(await policy.filesToAskFor(await assembler.specOf(path)), images);
      assert.deepEqual(readdirSync(elsewhere.path()), ['main.img', 'spare.img']);

      await assembler.assemble(path, { forWriting: true });
      assert.equal(reasonOf('stranger'), undefined);
      const next = new WritePolicy({ isTrusted: () => true, folders: () => [folder.path()] }, store);
      assert.deepEqual(await next.filesToAskFor(await assembler.specOf(path)), []);
      await writeFile(path, JSON.stringify({ main: 'link.img', spare: elsewhere.path('other.img') }));
      assert.equal((await next.filesToAskFor(await assembler.specOf(path))).length, 1);
    }),
  );

  it(
    'takes a path that code gives as consent',
    needing('symlinks', async () => {
      const device = await assembler.assemble(await strangersDevice(), { permit: true });
      assert.equal(device.readOnly, false);
    }),
  );

  it(
    'asks for a map that is a link to a file outside, and for none beside its image',
    needing('symlinks', async () => {
      const path = await disk('a');
      await writeFile(elsewhere.path('notes.txt'), '');
      await symlink(elsewhere.path('notes.txt'), folder.path('a.img.map'));
      const spec = await assembler.specOf(path);
      assert.deepEqual(await policy.filesToAskFor(spec), [realpathSync(elsewhere.path('notes.txt'))]);
      const named = elsewhere.path('new.map');
      const naming = { ...spec, map: named };
      assert.ok(
        (await policy.filesToAskFor(naming)).includes(join(realpathSync(elsewhere.path()), 'new.map')),
      );
      // A map that a device names is no map beside its image: it could be any file of that folder.
      const strange = { ...naming, main: elsewhere.path('main.img') };
      assert.ok(
        (await policy.filesToAskFor(strange)).includes(join(realpathSync(elsewhere.path()), 'new.map')),
      );
      const windowWithoutFolders = new WritePolicy({ isTrusted: () => true, folders: () => [] }, memento());
      assert.equal((await windowWithoutFolders.filesToAskFor(spec)).length, 1);
    }),
  );

  it('keeps a device read-only that was chosen so, over a boot and a new window, until it is removed', async () => {
    const path = await disk('a');
    await assembler.assemble(path, { readOnly: 'as you chose' });
    await machine.reboot({ reassemble: () => assembler.assembleAll() });
    assert.equal(reasonOf('a'), 'as you chose');
    await assembler.remember();
    await machine.close();
    const log = { error: (message: string) => errors.push(message) };
    const next = new Assembler(machine, inventory, memory, policy, log);
    await next.assembleRemembered();
    assert.equal(reasonOf('a'), 'as you chose');
    assert.deepEqual(next.readOnlyChoice(path), { readOnly: 'as you chose' });
    await machine.close();
    next.forgetChoice(path);
    await next.assemble(path);
    assert.equal(reasonOf('a'), undefined);
    assert.deepEqual(errors, []);
  });

  it('forgets a choice with which a device was refused', async () => {
    const path = await disk('a');
    const readOnly = 'as you chose';
    await rename(folder.path('a.img'), folder.path('moved.img'));
    await assert.rejects(assembler.assemble(path, { readOnly }), hasCode('ENOENT'));
    await rename(folder.path('moved.img'), folder.path('a.img'));
    assert.equal((await assembler.assemble(path)).readOnly, false);
    await machine.remove('a');
    await assembler.assemble(path, { readOnly });
    const other = new Machine();
    await machine.remove('a');
    const { spec } = await other.create(await assembler.specOf(path));
    await assert.rejects(assembler.assemble(path, { forWriting: true }), hasCode('EBUSY'));
    assert.deepEqual(assembler.readOnlyChoice(deviceKeyOf(spec)), { readOnly });
    await other.close();
  });

  it('keeps a device that is open read-only when it is refused for writing', async () => {
    const path = await disk('a');
    await assembler.assemble(path, { readOnly: 'as you chose' });
    const other = new Machine();
    await other.create({ ...machine.device('a')!.spec, readOnly: undefined } as never);
    try {
      await assert.rejects(assembler.assemble(path, { forWriting: true }), hasCode('EBUSY'));
      assert.equal(reasonOf('a'), 'as you chose');
    } finally {
      await other.close();
    }
  });
});
