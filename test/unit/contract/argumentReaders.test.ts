import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  base64,
  count,
  flag,
  Options,
  oneOf,
  pathFrom,
  rangeList,
  seconds,
  sectorList,
  text,
  whole,
} from '../../../src/contract/argumentReaders';
import { RemapError } from '../../../src/engine';

function refuses(read: () => unknown, says: RegExp): void {
  assert.throws(
    read,
    (error) => error instanceof RemapError && error.code === 'EINVAL' && says.test(error.message),
  );
}

describe('arguments from code', () => {
  it('options are an object or nothing', () => {
    assert.equal(new Options(undefined).optional('x', text), undefined);
    for (const value of [null, 5, 'x', []])
      refuses(() => new Options(value), /options of a command are an object/);
  });

  it('what is missing or wrong is said by name', () => {
    const options = new Options({ a: 'x' });
    assert.equal(options.required('a', text), 'x');
    refuses(() => options.required('b', text), /^"b" is missing$/);
    refuses(() => options.optional('a', whole), /^"a" must be a whole number, 0 or more, not "x"$/);
  });

  it('numbers', () => {
    assert.equal(whole(0, 'n'), 0);
    assert.equal(count(1, 'n'), 1);
    assert.equal(seconds(0.5, 'n'), 0.5);
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53, '5']) refuses(() => whole(value, 'n'), /"n"/);
    refuses(() => count(0, 'n'), /at least 1/);
    for (const value of [-1, Number.POSITIVE_INFINITY, '1']) refuses(() => seconds(value, 'n'), /seconds/);
  });

  it('lists and ranges', () => {
    assert.deepEqual(sectorList([1, 2], 's'), [1, 2]);
    assert.deepEqual(rangeList([[1, 2]], 's'), [[1, 2]]);
    assert.deepEqual(rangeList([], 's'), []);
    for (const value of [5, [[1]], [[1, 0]], [['1', 1]], [[1, 2, 3]], ['1-2']])
      refuses(() => rangeList(value, 's'), /"s"/);
    for (const value of [5, ['1'], [-1]]) refuses(() => sectorList(value, 's'), /"s"/);
  });

  it('choices, flags and bytes', () => {
    const read = oneOf('a', 'b');
    assert.equal(read('b', 'x'), 'b');
    refuses(() => read('c', 'x'), /one of a, b, not "c"/);
    assert.equal(flag(false, 'x'), false);
    refuses(() => flag(0, 'x'), /true or false/);
    assert.deepEqual([...base64('AAE=', 'x')], [0, 1]);
    for (const value of ['AAE', '!', 'AAE=\n']) refuses(() => base64(value, 'x'), /not base64/);
  });

  it('a long value is cut short in the message', () => {
    refuses(() => whole('y'.repeat(1000), 'n'), /^.{0,120}$/);
  });

  it('paths: absolute, relative to the folder, URIs', () => {
    const folder = resolve('/disks');
    const read = pathFrom(folder);
    const path = join(folder, 'a.img');
    for (const value of [path, 'a.img', pathToFileURL(path).href, { fsPath: path }]) {
      assert.equal(read(value, 'p'), path);
    }
    for (const value of ['', ' ', 5, undefined, {}]) refuses(() => read(value, 'p'), /^"p" must be a path$/);
    refuses(() => pathFrom(undefined)('a.img', 'p'), /"p" is relative \(a\.img\), and no folder is open/);
  });
});
