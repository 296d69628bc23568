import assert from 'node:assert/strict';
import { ToldModel } from '../../../support/proof/toldModel';

/** A model of four sectors that was told these lines. */
function told(...lines: string[]): ToldModel {
  const model = new ToldModel(4);
  for (const line of lines) model.take(line);
  return model;
}

describe('The model of what a program told', () => {
  it('lets an answered flush make the writes durable that were answered before it began', () => {
    const model = told('write 0 1 1 5', '! 0', 'flush 1', 'write 2 1 1 6', '! 2', '! 1');
    assert.deepEqual(model.allowed(1), [5, 6]);
    assert.deepEqual(model.allowed(0), [0]);
  });

  it('lets no flush of a later process cover what a killed one had not flushed', () => {
    const model = told(
      'write 0 1 1 5',
      '! 0',
      'flush 1',
      '! 1',
      'write 2 1 1 6',
      '! 2',
      'inject 3 1 1',
      '! 3',
    );
    model.killed();
    for (const line of ['flush 0', '! 0', 'clear 1', '! 1']) model.take(line);
    assert.deepEqual(model.allowed(1), [5, 6]);
    for (const line of ['write 2 1 1 7', '! 2', 'flush 3', '! 3']) model.take(line);
    assert.deepEqual(model.allowed(1), [7]);
  });
});
