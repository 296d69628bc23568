import assert from 'node:assert/strict';
import { deferred } from '../../../../src/engine/concurrency/deferred';
import { IoGate } from '../../../../src/engine/concurrency/ioGate';
import { isPending, turn } from '../../../support/turns';

describe('IoGate (R11)', () => {
  it('lets requests in while it is open', async () => {
    const gate = new IoGate();
    assert.equal(gate.isOpen, true);
    await gate.whenOpen();
  });

  it('holds new requests from a suspension on, until it is resumed', async () => {
    const gate = new IoGate();
    await gate.suspend();
    assert.equal(gate.isOpen, false);
    const held = gate.whenOpen();
    assert.ok(await isPending(held));
    gate.resume();
    await held;
    assert.equal(gate.isOpen, true);
  });

  it('tells once that it holds requests, until they go on or are refused', async () => {
    let told = 0;
    const gate = new IoGate(() => told++);
    await gate.whenOpen();
    await gate.suspend();
    assert.deepEqual([gate.holdsRequests, told], [false, 0]);
    const held = [gate.whenOpen(), gate.whenOpen()];
    assert.deepEqual([gate.holdsRequests, told], [true, 1]);
    gate.resume();
    await Promise.all(held);
    assert.equal(gate.holdsRequests, false);
    await gate.suspend();
    const refused = assert.rejects(gate.whenOpen(), { code: 'ENODEV' });
    assert.deepEqual([gate.holdsRequests, told], [true, 2]);
    await gate.shut();
    await refused;
    assert.equal(gate.holdsRequests, false);
  });

  it('is suspended once every request under way is answered', async () => {
    const gate = new IoGate();
    gate.enter();
    gate.enter();
    const suspended = gate.suspend();
    assert.equal(gate.isOpen, false, 'nothing new gets in meanwhile');
    gate.leave();
    assert.ok(await isPending(suspended));
    gate.leave();
    await suspended;
  });

  it('tells which of two suspensions closed it', async () => {
    const gate = new IoGate();
    assert.deepEqual(await Promise.all([gate.suspend(), gate.suspend()]), [true, false]);
    gate.resume();
    assert.equal(await gate.suspend(), true);
  });

  it('holds requests while work needs the device at rest, and resuming it changes nothing about that', async () => {
    const gate = new IoGate();
    gate.enter();
    const done = deferred();
    let hasBegun = false;
    const work = gate.whileAtRest(async () => {
      hasBegun = true;
      await done.promise;
      return 'result';
    });
    await turn();
    assert.deepEqual([gate.isOpen, gate.isSuspended, hasBegun], [false, false, false]);
    gate.leave();
    await turn();
    assert.ok(hasBegun);
    const held = gate.whenOpen();
    const suspended = gate.suspend();
    assert.ok(await isPending(suspended), 'it is suspended only after the work');
    gate.resume();
    assert.ok(await isPending(held), 'it was resumed amid the work');
    done.resolve();
    assert.equal(await work, 'result');
    await Promise.all([held, suspended]);
    assert.equal(gate.isOpen, true);
  });

  it('does one work after the other, and stays suspended after one', async () => {
    const gate = new IoGate();
    const steps: string[] = [];
    const work = (name: string) =>
      gate.whileAtRest(async () => {
        steps.push(`${name} begins`);
        await turn();
        steps.push(`${name} ends`);
        if (name === 'a') throw new Error('a fails');
      });
    await gate.suspend();
    await Promise.all([assert.rejects(work('a'), /a fails/), work('b')]);
    assert.deepEqual(steps, ['a begins', 'a ends', 'b begins', 'b ends']);
    assert.equal(gate.isOpen, false);
    gate.resume();
    assert.equal(gate.isOpen, true);
  });

  it('tells of held requests only while it is suspended', async () => {
    let told = 0;
    const gate = new IoGate(() => told++);
    const done = deferred();
    const work = gate.whileAtRest(() => done.promise);
    await turn();
    void gate.whenOpen();
    assert.deepEqual([told, gate.holdsRequests], [0, false]);
    const suspended = gate.suspend();
    assert.deepEqual([told, gate.holdsRequests], [1, true]);
    void gate.whenOpen();
    done.resolve();
    await Promise.all([work, suspended]);
    assert.deepEqual([told, gate.holdsRequests], [1, true]);
    gate.resume();
    assert.equal(gate.holdsRequests, false);
  });

  it('is shut after the work under way, and does none after that', async () => {
    const gate = new IoGate();
    const done = deferred();
    const work = gate.whileAtRest(() => done.promise);
    await turn();
    const shut = gate.shut();
    const late = assert.rejects(
      gate.whileAtRest(async () => undefined),
      { code: 'ENODEV' },
    );
    assert.ok(await isPending(shut));
    done.resolve();
    await Promise.all([work, shut, late]);
    assert.equal(gate.isOpen, false);
  });

  it('refuses held and new requests when the device is removed', async () => {
    const gate = new IoGate();
    await gate.suspend();
    const held = gate.whenOpen();
    const refused = assert.rejects(held, { code: 'ENODEV' });
    await gate.shut();
    await refused;
    assert.equal(gate.isOpen, false);
    await assert.rejects(gate.whenOpen(), { code: 'ENODEV' });
  });

  it('is shut once every request under way is answered', async () => {
    const gate = new IoGate();
    gate.enter();
    const shut = gate.shut();
    assert.ok(await isPending(shut));
    gate.leave();
    await shut;
  });

  it('lets no rejection go unhandled when a suspended device without held requests is removed', async () => {
    const unhandled: unknown[] = [];
    const note = (error: unknown): void => {
      unhandled.push(error);
    };
    process.on('unhandledRejection', note);
    try {
      const gate = new IoGate();
      await gate.suspend();
      await gate.shut();
      await turn();
    } finally {
      process.off('unhandledRejection', note);
    }
    assert.deepEqual(unhandled, []);
  });
});
