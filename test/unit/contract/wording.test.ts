import assert from 'node:assert/strict';
import {
  compareNames,
  formatCount,
  formatSize,
  listFew,
  listInWords,
  plural,
} from '../../../src/contract/wording';

describe('wording', () => {
  it('a few names in words, and of more only how many there are', () => {
    assert.equal(listFew([], 'device'), '');
    assert.equal(listFew(['disk10', 'disk2'], 'device'), 'disk2 and disk10');
    assert.equal(listFew(['a', 'b', 'c', 'd'], 'device'), '4 devices');
  });

  it('groups counts, and says one thing or several', () => {
    assert.equal(formatCount(204_800), '204,800');
    assert.deepEqual(
      [plural(0, 'sector'), plural(1, 'sector'), plural(2100, 'entry', 'entries')],
      ['0 sectors', '1 sector', '2,100 entries'],
    );
  });

  it('gives sizes of sectors in the largest unit that leaves at least 1', () => {
    const sizes = [0, 1, 3, 204_800, 3_145_728, 2 ** 35, 2 ** 43].map(formatSize);
    assert.deepEqual(sizes, ['0 bytes', '512 bytes', '1.5 KiB', '100 MiB', '1.5 GiB', '16 TiB', '4096 TiB']);
  });

  it('lists things in words', () => {
    assert.deepEqual(
      [listInWords([]), listInWords(['a']), listInWords(['a', 'b']), listInWords(['a', 'b', 'c'])],
      ['', 'a', 'a and b', 'a, b and c'],
    );
  });

  it('orders names as people do', () => {
    assert.deepEqual(['dev10', 'dev2', 'b', 'dev2-1'].sort(compareNames), ['b', 'dev2', 'dev2-1', 'dev10']);
  });
});
