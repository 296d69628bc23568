import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { saveFile } from '../../../src/devices/saveFile';
import type { FileContents } from '../../../src/engine';
import { tempFolder } from '../../support/tempFolder';

describe('Saving a file of a volume', () => {
  const { path } = tempFolder();
  const task = { signal: new AbortController().signal, report: () => undefined };
  /** 1,100 bytes of which the second sector can't be read. */
  const contents = (unreadable: readonly [number, number][] = [[1, 1]]) => {
    const read = async () => {
      const bytes = new Uint8Array(1536).fill(0x61);
      for (const [first, count] of unreadable) bytes.fill(0, first * 512, (first + count) * 512);
      return { bytes, unreadable };
    };
    return { size: 1100, sectorCount: 3, read } as unknown as FileContents;
  };

  it('puts zeros for what can not be read, or leaves it out, as is asked for', async () => {
    const file = path('a.txt');
    assert.equal(await saveFile(contents(), file, 'zeros', task), 512);
    assert.equal(readFileSync(file, 'latin1'), 'a'.repeat(512) + '\0'.repeat(512) + 'a'.repeat(76));
    assert.equal(await saveFile(contents(), file, 'skip', task), 512);
    assert.equal(readFileSync(file, 'latin1'), 'a'.repeat(588));
    assert.equal(await saveFile(contents([[2, 1]]), file, 'skip', task), 76);
    assert.equal(readFileSync(file, 'latin1'), 'a'.repeat(1024));
    assert.equal(await saveFile(contents([]), file, 'stop', task), 0);
    assert.equal(readFileSync(file, 'latin1'), 'a'.repeat(1100));
  });

  it('leaves nothing where it stops or is cancelled', async () => {
    const file = path('b.txt');
    await assert.rejects(saveFile(contents(), file, 'stop', task), /EIO|byte 512 of the file can't be read/);
    const signal = AbortSignal.abort(new Error('cancelled'));
    await assert.rejects(saveFile(contents(), file, 'zeros', { ...task, signal }), /cancelled/);
    assert.deepEqual(
      readdirSync(path('.')).filter((name) => name.startsWith('b.txt')),
      [],
    );
  });
});
