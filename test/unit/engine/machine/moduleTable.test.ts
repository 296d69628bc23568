import assert from 'node:assert/strict';
import { ModuleTable, parseModuleName } from '../../../../src/engine/machine/moduleTable';
import { hasCode } from '../../../support/remap/remapErrors';

describe('Modules', () => {
  it('load and unload in the kernel’s order only', () => {
    const modules = new ModuleTable(() => []);
    assert.throws(() => modules.load('real'), hasCode('EINVAL'));
    assert.equal(modules.load('stats'), true);
    assert.equal(modules.load('real'), true);
    assert.deepEqual(modules.list()[0], { name: 'stats', loaded: true, usedBy: ['real'] });
    assert.throws(() => modules.unload('stats'), hasCode('EBUSY'));
    assert.equal(modules.unload('real'), true);
    assert.equal(modules.unload('stats'), true);
  });

  it('stay while a device uses them', () => {
    const users = ['disk'];
    const modules = new ModuleTable((name) => (name === 'metadata' ? users : []));
    modules.load('metadata');
    assert.throws(() => modules.unload('metadata'), /in use by disk/);
    users.pop();
    assert.equal(modules.unload('metadata'), true);
  });

  it('take loading twice and unloading what is absent, as modprobe does', () => {
    const modules = new ModuleTable(() => []);
    assert.equal(modules.load('metadata'), true);
    assert.equal(modules.load('metadata'), false);
    assert.equal(modules.unload('spare-pool'), false);
  });

  it('are known by each of their names', () => {
    for (const text of ['real', 'dm-remap-v4-real', 'dm_remap_v4_real', 'dm-remap-v4-real.ko']) {
      assert.equal(parseModuleName(text), 'real');
    }
    assert.throws(() => parseModuleName('dm-linear'), hasCode('EINVAL'));
  });
});
