import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { copyImage } from '../../../../src/engine/block/copyImage';
import { hasCode } from '../../../support/remap/remapErrors';
import { tempFolder } from '../../../support/tempFolder';

const MIB = 2 ** 20;

describe('copying an image', () => {
  const folder = tempFolder();

  it('copies every byte of images of several sizes, zeros included', async () => {
    const runs = fc.array(fc.record({ at: fc.nat(3 * MIB), bytes: fc.uint8Array({ minLength: 1 }) }), {
      maxLength: 4,
    });
    let count = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(3 * MIB), runs, async (size, written) => {
        const content = Buffer.alloc(size);
        for (const { at, bytes } of written)
          content.set(bytes.subarray(0, Math.max(0, size - at)), Math.min(at, size));
        const [source, target] = [folder.path(`${count}.img`), folder.path(`${count++}-copy.img`)];
        writeFileSync(source, content);
        await copyImage(source, target);
        assert.ok(readFileSync(target).equals(content));
      }),
      { numRuns: 30 },
    );
  });

  it('keeps an image sparse', async () => {
    const [source, target] = [folder.path('a.img'), folder.path('b.img')];
    writeFileSync(source, 'start');
    truncateSync(source, 64 * MIB);
    await copyImage(source, target);
    assert.equal(statSync(target).size, 64 * MIB);
    assert.ok(statSync(target).blocks * 512 <= 2 * MIB);
  });

  it('overwrites nothing, and says what is missing', async () => {
    const [source, target] = [folder.path('a.img'), folder.path('b.img')];
    writeFileSync(source, 'new');
    writeFileSync(target, 'old');
    await assert.rejects(copyImage(source, target), hasCode('EEXIST'));
    assert.equal(readFileSync(target, 'utf8'), 'old');
    await assert.rejects(copyImage(folder.path('none.img'), folder.path('c.img')), hasCode('ENOENT'));
    assert.equal(existsSync(folder.path('c.img')), false);
  });

  it('ends when it is cancelled, and leaves no file', async () => {
    const [source, target] = [folder.path('a.img'), folder.path('b.img')];
    writeFileSync(source, Buffer.alloc(MIB, 1));
    await assert.rejects(copyImage(source, target, { signal: AbortSignal.abort() }), hasCode('ECANCELED'));
    assert.equal(existsSync(target), false);
  });
});
