import assert from 'node:assert/strict';
import { basename, dirname } from 'node:path';
import { temporaryPathFor } from '../../../../src/engine/block/temporaryFile';

describe('the name of a temporary file', () => {
  it('is hidden beside its file, tells who writes it, and is never the same', () => {
    const names = ['/disks/main.img.map', '/disks/.main.img.lock'].flatMap((path) => {
      const temporary = temporaryPathFor(path);
      assert.equal(dirname(temporary), dirname(temporaryPathFor('/disks/x')));
      assert.match(
        basename(temporary),
        new RegExp(`^\\.main\\.img\\.(map|lock)\\.${process.pid}-\\d+-[0-9a-f]{12}\\.tmp$`),
      );
      return [temporary, temporaryPathFor(path)];
    });
    assert.equal(new Set(names).size, 4);
  });
});
