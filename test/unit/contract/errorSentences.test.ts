import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { describeError, toCommandError } from '../../../src/contract/errorSentences';
import { BlockError, RemapError } from '../../../src/engine';

describe('errors for people and scripts', () => {
  it('an error of the engine keeps its code, sentence and place', () => {
    const error = new RemapError('EINVAL', '/a.remap:3:5: comma expected', {
      path: '/a.remap',
      line: 3,
      column: 5,
    });
    assert.deepEqual(describeError(error), {
      code: 'EINVAL',
      message: '/a.remap:3:5: comma expected',
      cancelled: false,
      path: '/a.remap',
      line: 3,
      column: 5,
    });
    const thrown = toCommandError(new BlockError('EIO', 'sector 5 cannot be read', [[5, 1]]));
    assert.equal(thrown.message, 'EIO: sector 5 cannot be read');
    assert.ok(thrown.cause instanceof BlockError);
  });

  it('an error of the system is a sentence that names the file', async () => {
    const path = resolve('/nowhere/at/all');
    const error: unknown = await readFile(path).catch((reason: unknown) => reason);
    assert.equal(toCommandError(error).message, `ENOENT: ${path}: does not exist`);
  });

  it('a file system without room is named', () => {
    for (const code of ['ENOSPC', 'EDQUOT']) {
      const described = describeError(Object.assign(new Error(code), { code, path: '/nowhere/a.remap' }));
      assert.deepEqual(
        [described.code, described.message],
        ['ENOSPC', 'no room is left for /nowhere/a.remap on the file system /nowhere: make some there'],
      );
    }
  });

  it('a cancelled command is no failure', () => {
    for (const error of [
      new RemapError('ECANCELED', 'canceled after 3 of 5 markers'),
      AbortSignal.abort().reason as unknown,
      Object.assign(new Error('Canceled'), { name: 'Canceled' }),
    ]) {
      const { code, cancelled } = describeError(error);
      assert.deepEqual([code, cancelled], ['ECANCELED', true]);
    }
  });

  it('anything else is a fault of the program', () => {
    assert.equal(toCommandError(new TypeError('x is undefined')).message, 'EFAULT: x is undefined');
    assert.equal(toCommandError('text').message, 'EFAULT: text');
  });
});
