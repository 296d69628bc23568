import assert from 'node:assert/strict';
import { FILE_SYSTEM_KINDS } from '../../../../src/engine/scenario/fileSystems';
import { missingFor } from '../../../../src/engine/scenario/missing';
import { need } from '../../../support/needs';
import { putHost } from '../../../support/outside/putDoors';
import { tempFolder } from '../../../support/tempFolder';

const xfs = FILE_SYSTEM_KINDS.find(({ name }) => name === 'xfs')!;

describe('what a scenario on a mounted file system lacks', () => {
  const folder = tempFolder();
  const { PATH } = process.env;
  const { getuid } = process;

  afterEach(() => {
    process.env.PATH = PATH;
    process.getuid = getuid!;
  });

  it('is Linux, on other systems', async () => {
    putHost({ platform: 'darwin' });
    assert.deepEqual(await missingFor(xfs), ['Linux']);
  });

  it('is root, for other users, and each program, with the package that has it', async function () {
    need(this, 'proc');
    process.getuid = () => 1000;
    process.env.PATH = folder.path();
    const missing = await missingFor(xfs);
    assert.equal(missing[0], 'root with the right to mount');
    for (const text of ['nbdfuse (Debian package libnbd-bin)', 'sqlite3 (Debian package sqlite3)'])
      assert.ok(missing.includes(text), text);
  });

  it('is a file system that the kernel does not know', async function () {
    need(this, 'proc');
    const unknown = {
      ...xfs,
      name: 'no-such-fs',
      title: 'NoSuchFS',
      programs: { 'mkfs.no-such-fs': 'no-such' },
    };
    const missing = await missingFor(unknown);
    assert.ok(missing.includes('NoSuchFS in the kernel'));
    assert.ok(missing.includes('mkfs.no-such-fs (Debian package no-such)'));
  });
});
