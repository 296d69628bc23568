import assert from 'node:assert/strict';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { type Piece, piecesOf, savePieces } from '../../../src/devices/savePieces';
import { putWindows } from '../../support/outside/adapters';

describe('pieces of what is saved', () => {
  it('have every byte once, and none of a sector that can not be read', () => {
    fc.assert(
      fc.property(
        fc.nat(1000),
        fc.integer({ min: 1, max: 3000 }),
        fc.uniqueArray(fc.nat(8), { maxLength: 4 }),
        (offset, length, bad) => {
          const bytes = Uint8Array.from({ length }, (_, i) => (offset + i) & 0xff);
          const runs = bad.sort((a, b) => a - b).map((sector) => [sector, 1] as const);
          let at = 0;
          for (const piece of piecesOf(bytes, offset, runs, String)) {
            const count = 'bytes' in piece ? piece.bytes.length : piece.byteCount;
            assert.ok(count > 0);
            for (let i = at; i < at + count; i++) {
              assert.equal('lost' in piece, bad.includes(Math.floor((offset + i) / 512)));
            }
            if ('bytes' in piece) assert.deepEqual(piece.bytes, bytes.subarray(at, at + count));
            else assert.equal(piece.lost, `${Math.floor((offset + at) / 512)}`);
            at += count;
          }
          assert.equal(at, length);
        },
      ),
    );
  });
});

describe('saving pieces', () => {
  let folder: string;
  const task = { signal: new AbortController().signal, report: () => {} };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'pieces-'));
  });

  afterEach(() => rm(folder, { recursive: true }));

  async function* pieces(...given: readonly Piece[]) {
    yield* given;
  }

  it('waits on Windows for a program that looks at the file whose place it takes', async () => {
    const path = join(folder, 'saved.bin');
    await writeFile(path, 'old');
    const windows = putWindows({ busyTimes: 3 });
    const bytes = Buffer.from('new');
    await savePieces(pieces({ bytes }), bytes.length, path, 'stop', task);
    assert.equal(windows.refused, 3);
    assert.equal(await readFile(path, 'utf8'), 'new');
  });

  it('touches no other file: neither one that looks like half a download, nor the old one when it stops', async () => {
    const path = join(folder, 'photo.jpg');
    await writeFile(`${path}.part`, 'half a download');
    await writeFile(path, 'old');
    const bytes = Buffer.from('new');
    const lost = { lost: 'sector 5', byteCount: 512 };
    await assert.rejects(savePieces(pieces({ bytes }, lost), 515, path, 'stop', task), { code: 'EIO' });
    assert.equal(await readFile(path, 'utf8'), 'old');
    assert.equal(await savePieces(pieces({ bytes }, lost), 515, path, 'skip', task), 512);
    assert.equal(await readFile(path, 'utf8'), 'new');
    assert.equal(await readFile(`${path}.part`, 'utf8'), 'half a download');
    assert.deepEqual((await readdir(folder)).sort(), ['photo.jpg', 'photo.jpg.part']);
  });

  it('names the file where none can be made', async () => {
    const path = join(folder, 'missing', 'photo.jpg');
    await assert.rejects(savePieces(pieces(), 0, path, 'stop', task), { name: 'RemapError', code: 'ENOENT' });
  });
});
