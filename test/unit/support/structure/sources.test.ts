import assert from 'node:assert/strict';
import { circlesOf } from '../../../support/structure/sources';

function circles(edges: Readonly<Record<string, readonly string[]>>): string[][] {
  return circlesOf(new Map(Object.entries(edges)));
}

describe('circlesOf', () => {
  it('finds none where every path ends', () => {
    assert.deepEqual(circles({ a: ['b', 'c'], b: ['c'], c: [], d: ['a'] }), []);
  });

  it('finds each circle once, with all of its members', () => {
    const edges = { a: ['b'], b: ['c'], c: ['a', 'd'], d: ['e'], e: ['f'], f: ['d'], g: ['a'] };
    assert.deepEqual(circles(edges).sort(), [
      ['a', 'b', 'c'],
      ['d', 'e', 'f'],
    ]);
  });

  it('joins circles that share a member', () => {
    assert.deepEqual(circles({ a: ['b', 'c'], b: ['a'], c: ['a'] }), [['a', 'b', 'c']]);
  });

  it('finds a node that reaches itself', () => {
    assert.deepEqual(circles({ a: ['a'], b: [] }), [['a']]);
  });

  it('is not deceived by a path to a circle that is closed already', () => {
    assert.deepEqual(circles({ a: ['b'], b: ['a'], c: ['b'] }), [['a', 'b']]);
  });
});
