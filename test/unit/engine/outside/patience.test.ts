import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { removeFile, renameFile } from '../../../../src/engine/outside/patience';
import { putWindows } from '../../../support/outside/adapters';
import { putFiles, putHost } from '../../../support/outside/putDoors';
import { tempFolder } from '../../../support/tempFolder';

describe('a file that another program has open', () => {
  const folder = tempFolder();
  let waited: number[];

  beforeEach(() => {
    waited = [];
    writeFileSync(folder.path('old'), 'old');
    writeFileSync(folder.path('new'), 'new');
  });

  function putBusy(busyTimes: number): void {
    putWindows({ busyTimes });
    putHost({
      wait: async (milliseconds) => {
        waited.push(milliseconds);
      },
    });
  }

  it('is replaced and removed on Windows once it is closed', async () => {
    putBusy(5);
    await renameFile(folder.path('new'), folder.path('old'));
    assert.equal(readFileSync(folder.path('old'), 'utf8'), 'new');
    await removeFile(folder.path('old'));
    assert.ok(!existsSync(folder.path('old')));
    assert.deepEqual(waited, [10, 20, 40, 80, 160, 10, 20, 40, 80, 160]);
  });

  it('is given up after some seconds', async () => {
    putBusy(1000);
    await assert.rejects(renameFile(folder.path('new'), folder.path('old')), { code: 'EPERM' });
    await assert.rejects(removeFile(folder.path('old')), { code: /EPERM|EACCES|EBUSY/ });
    const seconds = waited.reduce((sum, each) => sum + each, 0) / 2000;
    assert.ok(seconds > 2 && seconds < 10, `${seconds} s`);
  });

  it('is not waited for elsewhere, nor for any other reason', async () => {
    putBusy(1);
    putHost({ platform: 'linux' });
    await assert.rejects(removeFile(folder.path('old')), { code: 'EPERM' });
    putHost({ platform: 'win32' });
    await assert.rejects(renameFile(folder.path('absent'), folder.path('old')), { code: 'ENOENT' });
    await removeFile(folder.path('absent'));
    putFiles({ unlink: () => Promise.reject(Object.assign(new Error('no'), { code: 'EIO' })) });
    await assert.rejects(removeFile(folder.path('old')), { code: 'EIO' });
    assert.equal(waited.length, 1);
  });
});
