import assert from 'node:assert/strict';
import { join } from 'node:path';
import { hasNoHardLinks, realPathOf, syncFolder } from '../../../../src/engine/outside/refusals';
import { errno } from '../../../support/block/faultyIo';
import { putNetwork, putWindows } from '../../../support/outside/adapters';
import { putFiles } from '../../../support/outside/putDoors';
import { tempFolder } from '../../../support/tempFolder';

describe('what small file systems refuse', () => {
  const folder = tempFolder();

  it('is no error where a folder can’t be synced', async () => {
    const network = putNetwork();
    for (const code of ['EINVAL', 'EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS']) {
      network.folderSync = code;
      await syncFolder(folder.path());
    }
    network.folderSync = 'EIO';
    await assert.rejects(syncFolder(folder.path()), { code: 'EIO' });
    putFiles({ open: () => Promise.reject(errno('EISDIR')) });
    await syncFolder(folder.path());
  });

  it('is told from other errors of a link', () => {
    for (const code of ['EPERM', 'ENOTSUP', 'EISDIR', 'ENOSYS', 'EMLINK'])
      assert.ok(hasNoHardLinks(errno(code)), code);
    for (const code of ['EEXIST', 'ENOENT', 'ENOSPC', 'EIO']) assert.ok(!hasNoHardLinks(errno(code)), code);
  });

  it('leaves the path as it is where there are no real ones', async () => {
    putWindows({ hasRealPaths: false });
    assert.equal(await realPathOf(join(folder.path(), 'a', '..', 'b')), folder.path('b'));
    putFiles({ realpath: () => Promise.reject(errno('ENOENT')) });
    await assert.rejects(realPathOf(folder.path()), { code: 'ENOENT' });
  });
});
