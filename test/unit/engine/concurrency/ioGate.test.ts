import assert from 'node:assert/strict';
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
