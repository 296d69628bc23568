import assert from 'node:assert/strict';
import { parseFileFilter } from '../../../src/contract/fileFilter';

const PATHS = ['/DCIM/Holiday one.JPG', '/DCIM/holiday.txt', '/notes (old).jpg', '/x/a+b'];

describe('A filter of files', () => {
  it('asks for parts of a path, in any case, and all words at once', () => {
    const fitting = (typed: string) => PATHS.filter(parseFileFilter(typed).fits);
    assert.deepEqual(fitting(''), PATHS);
    assert.deepEqual(fitting(' holiday '), [PATHS[0], PATHS[1]]);
    assert.deepEqual(fitting('dcim/ one'), [PATHS[0]]);
    assert.deepEqual(fitting('a+b'), [PATHS[3]]);
  });

  it('takes a word with * or ? for the whole name of a file', () => {
    const fitting = (typed: string) => PATHS.filter(parseFileFilter(typed).fits);
    assert.deepEqual(fitting('*.jpg'), [PATHS[0], PATHS[2]]);
    assert.deepEqual(fitting('a?b'), [PATHS[3]]);
    assert.deepEqual(fitting('notes*(old).jpg'), [PATHS[2]]);
    assert.deepEqual(fitting('h*day'), []);
  });

  it('says what a file must be', () => {
    assert.deepEqual(parseFileFilter('is:damaged *.jpg IS:Remapped').standings, ['damaged', 'remapped']);
    assert.deepEqual(parseFileFilter('damaged').standings, []);
    assert.throws(() => parseFileFilter('is:lost'), { code: 'EINVAL', message: /"is:lost"/ });
  });
});
