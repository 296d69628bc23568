import assert from 'node:assert/strict';
import { rename, writeFile } from 'node:fs/promises';
import { loadMapfile } from '../../../../src/engine/mapfile/mapfileIo';
import { tempFolder } from '../../../support/tempFolder';

describe('reading a rescue map', () => {
  const folder = tempFolder();

  it('opens the file by name each time, as ddrescue replaces it', async () => {
    const path = folder.path('a.map');
    await assert.rejects(loadMapfile(path), { code: 'ENOENT' });
    await writeFile(path, '0 + 1\n0 512 -\n');
    assert.equal((await loadMapfile(path)).blocks.statusOf(0), '-');
    await writeFile(folder.path('new'), '0 + 1\n0 512 +\n');
    await rename(folder.path('new'), path);
    assert.equal((await loadMapfile(path)).blocks.statusOf(0), '+');
  });

  it('refuses one that is damaged, and names the line', async () => {
    const path = folder.path('a.map');
    await writeFile(path, '0 + 1\nrubbish\n');
    await assert.rejects(loadMapfile(path), { code: 'EINVAL', details: { path, line: 2 } });
  });
});
