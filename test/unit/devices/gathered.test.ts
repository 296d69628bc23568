import assert from 'node:assert/strict';
import { setTimeout as wait } from 'node:timers/promises';
import { Gathered } from '../../../src/devices/gathered';

describe('what comes in bursts', () => {
  it('is told once, all of it, when no more comes', async () => {
    const told: string[][] = [];
    const gathered = new Gathered(20, 10_000, (items) => told.push([...items]));
    for (const item of ['a', 'b', 'a']) gathered.add(item);
    assert.deepEqual(told, []);
    await wait(60);
    assert.deepEqual(told, [['a', 'b']]);
    gathered.add('c');
    gathered.dispose();
    await wait(60);
    assert.equal(told.length, 1);
  });

  it('is told at the latest so long after the first, though more goes on coming', async () => {
    const told: string[][] = [];
    let now = 0;
    const gathered = new Gathered(
      1_000_000,
      2000,
      (items) => told.push([...items]),
      () => now,
    );
    gathered.add('a');
    now = 1999.9;
    gathered.add('b');
    await wait(20);
    assert.deepEqual(told, [['a', 'b']]);
    now = 1_000_000;
    gathered.add('c');
    gathered.dispose();
    assert.equal(told.length, 1);
  });
});
