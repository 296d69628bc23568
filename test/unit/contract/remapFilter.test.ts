import assert from 'node:assert/strict';
import { FILTER_HINT, parseRemapFilter } from '../../../src/contract/remapFilter';

const NOW = new Date(2026, 10, 27, 12, 0).getTime();
const parse = (text: string) => parseRemapFilter(text, NOW);

describe('a filter of remaps as it is typed', () => {
  it('has terms, all of which must fit', () => {
    assert.deepEqual(parse(''), {});
    assert.deepEqual(parse('  1000,2000-2010 '), {
      originals: [
        [1000, 1],
        [2000, 11],
      ],
    });
    assert.deepEqual(parse('sector:5+2 spare:1280+100 member:1'), {
      originals: [[5, 2]],
      spares: [[1280, 100]],
      member: 1,
    });
    assert.deepEqual(parse('errors:2'), { minErrors: 2, maxErrors: 2 });
    assert.deepEqual(parse('Errors:2+'), { minErrors: 2 });
    assert.deepEqual(parse('errors:2-5'), { minErrors: 2, maxErrors: 5 });
  });

  it('has blanks after the commas of a list, as sectors are shown', () => {
    assert.deepEqual(parse('1000, 2000-2010'), parse('1000,2000-2010'));
    assert.deepEqual(parse('spare:1280 , 1300 member:0'), parse('spare:1280,1300 member:0'));
  });

  it('has times: local dates, and times ago', () => {
    assert.deepEqual(parse('since:2h until:2026-11-28'), {
      since: NOW - 2 * 3_600_000,
      until: new Date(2026, 10, 28).getTime(),
    });
    assert.deepEqual(parse('since:2026-11-27T10:30'), { since: new Date(2026, 10, 27, 10, 30).getTime() });
    assert.deepEqual(parse('since:7d'), { since: NOW - 7 * 86_400_000 });
  });

  it('refuses what it does not know, with what it would', () => {
    const cases: Readonly<Record<string, RegExp>> = {
      'colour:red': /"colour:" is none of sector, spare, errors, member, since, until/,
      'constructor:1': /"constructor:" is none/,
      'errors:many': /errors:2\+/,
      'member:x': /member:1/,
      '1000 2000': /"sector:" is given twice.*1000,2000/,
      'since:2h since:3h': /"since:" is given twice/,
      'since:yesterday': /2026-12-31T10:00/,
      'until:2026-99-99': /2026-12-31/,
      abc: /whole number/,
    };
    for (const [text, problem] of Object.entries(cases))
      assert.throws(() => parse(text), { code: 'EINVAL', message: problem }, text);
  });

  it('reads the example that its box shows', () => {
    assert.equal(Object.keys(parse(FILTER_HINT.replace('such as ', ''))).length, 6);
  });
});
