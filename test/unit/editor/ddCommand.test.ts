import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { ddCommand } from '../../../src/editor/ddCommand';
import { fuzzRuns } from '../../support/fuzzRuns';
import { needing } from '../../support/needs';
import { tempFolder } from '../../support/tempFolder';

describe('sector editor: copy as dd command', () => {
  const { path } = tempFolder();

  it('counts in the largest block that fits', () => {
    assert.equal(ddCommand('/dev/mapper/a', 512, 2048), 'dd if=/dev/mapper/a bs=512 skip=1 count=3');
    assert.equal(ddCommand('a.img', 0, 8 << 20), 'dd if=a.img bs=1048576 skip=0 count=8');
    assert.equal(ddCommand('a.img', 3, 4), 'dd if=a.img bs=1 skip=3 count=1');
  });

  it('counts in bytes where blocks would be tiny and many', () => {
    assert.equal(
      ddCommand('a.img', 1, 4 << 20),
      'dd if=a.img bs=64K iflag=skip_bytes,count_bytes skip=1 count=4194303',
    );
  });

  it(
    'reads the selection, whatever the image is called',
    needing(['posixPrograms'], () => {
      const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * 7) & 0xff);
      for (const name of ['plain.img', "it's $HOME `x`; a.img"]) {
        writeFileSync(path(name), bytes);
        fc.assert(
          fc.property(fc.nat(4999), fc.nat(4999), (one, other) => {
            const [start, end] = [Math.min(one, other), Math.max(one, other) + 1];
            const read = execFileSync('sh', ['-c', ddCommand(path(name), start, end)], {
              stdio: ['ignore', 'pipe', 'ignore'],
            });
            assert.deepEqual(new Uint8Array(read), bytes.slice(start, end));
          }),
          { numRuns: fuzzRuns(15) },
        );
      }
    }),
  );
});
