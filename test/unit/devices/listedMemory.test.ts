import assert from 'node:assert/strict';
import { rememberListed } from '../../../src/devices/listedMemory';
import { Machine } from '../../../src/engine';
import { memento } from '../../support/devices/memento';

describe('memory of lists that devices answered', () => {
  it('knows them in the next window', () => {
    const kept = memento();
    const window = () => {
      const machine = new Machine();
      rememberListed(machine, kept);
      return machine.listed.of('/disk.img');
    };
    window().note('60\n');
    window().note('61\n');
    const listed = window();
    for (const text of ['60\n', '61\n']) assert.ok(listed.includes(Buffer.from(text)));
    assert.ok(!listed.includes(Buffer.from('62\n')));
  });
});
