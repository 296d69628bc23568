import assert from 'node:assert/strict';
import type { ModuleState } from '../../../src/engine';
import { moduleMessage, moduleNodes } from '../../../src/views/moduleNodes';

const modules: ModuleState[] = [
  { name: 'stats', loaded: true, usedBy: ['real'] },
  { name: 'metadata', loaded: false, usedBy: [] },
];

describe('module tree', () => {
  it('says what is loaded and what uses it', () => {
    const nodes = moduleNodes({ modules });
    assert.deepEqual(
      nodes.map((node) => [node.moduleName, node.look().description, node.look().contextValue]),
      [
        ['stats', 'loaded, used by real', 'module.loaded.used'],
        ['metadata', 'not loaded', 'module.unloaded.free'],
      ],
    );
    const [state, purpose] = nodes[1]!.look().tooltip!();
    assert.equal(state, 'dm-remap-v4-metadata not loaded');
    assert.match(purpose!, /^Keeps the remap table/);
    assert.equal(moduleMessage({ modules }), '');
  });

  it('counts many users in its row, and names all in its tooltip in natural order', () => {
    const usedBy = ['disk10', 'disk9', 'disk1', 'disk2'];
    const [node] = moduleNodes({ modules: [{ name: 'real', loaded: true, usedBy }] });
    const { description, tooltip } = node!.look();
    assert.equal(description, 'loaded, used by 4 devices');
    assert.equal(tooltip()[0], 'dm-remap-v4-real loaded, used by disk1, disk2, disk9, disk10');
  });

  it('shows the modules of a running scenario without actions, and says whose they are', () => {
    const shown = { modules, scenario: 'soak' };
    assert.equal(moduleMessage(shown), 'Modules of the running scenario soak');
    assert.deepEqual(
      moduleNodes(shown).map((node) => node.look().contextValue),
      ['scenario.module', 'scenario.module'],
    );
  });
});
