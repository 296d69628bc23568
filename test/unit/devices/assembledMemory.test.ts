import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { specFromImages } from '../../../src/contract/deviceSpec';
import { AssembledMemory } from '../../../src/devices/assembledMemory';
import type { DeviceSpec } from '../../../src/engine';
import { memento } from '../../support/devices/memento';

const markers = { sectors: [1], text: 'x' };

describe('memory of assembled devices', () => {
  it('brings devices back by their files, or by what they were made from', async () => {
    const memory = new AssembledMemory(memento());
    assert.deepEqual(memory.recall(), []);
    const withFile: DeviceSpec = {
      name: 'a',
      deviceFile: '/a.remap',
      main: '/a.img',
      spares: [resolve('/s.img')],
      flakey: null,
      markers,
    };
    const without: DeviceSpec = {
      ...withFile,
      name: 'b',
      deviceFile: null,
      main: resolve('/b.img'),
      flakey: '5 2',
      map: resolve('/b.log'),
    };
    const readOnly = 'as you chose';
    await memory.remember([withFile, without, { ...withFile, readOnly }, { ...without, readOnly }]);
    const [first, second, third, fourth] = memory.recall();
    assert.equal(first, '/a.remap');
    assert.deepEqual(await specFromImages(second), without);
    assert.deepEqual(third, { deviceFile: '/a.remap', readOnly });
    assert.equal((fourth as { readOnly: string }).readOnly, readOnly);
  });
});
