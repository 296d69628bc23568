import assert from 'node:assert/strict';
import fc from 'fast-check';
import { PAGE_SIZE, type Page, pagesOf } from '../../../src/views/paging';

describe('paging', () => {
  it('shows a list that fits at once', () => {
    assert.deepEqual(pagesOf({ offset: 0, count: PAGE_SIZE }), []);
    assert.deepEqual(pagesOf({ offset: 0, count: 0 }), []);
  });

  it('makes a hundred pages of 100,000 entries', () => {
    const pages = pagesOf({ offset: 0, count: 100_000 });
    assert.equal(pages.length, 100);
    assert.deepEqual(pages[99], { offset: 99_000, count: 1000 });
  });

  it('nests pages where there are more than a page of them', () => {
    const pages = pagesOf({ offset: 0, count: 1_000_001 });
    assert.deepEqual(pages, [
      { offset: 0, count: 1_000_000 },
      { offset: 1_000_000, count: 1 },
    ]);
    assert.equal(pagesOf(pages[0]!).length, 1000);
  });

  it('covers every item once, in order, with no more than a page of items anywhere', () => {
    const page = fc.record({ offset: fc.nat({ max: 1e9 }), count: fc.nat({ max: 5e8 }) });
    fc.assert(
      fc.property(page, (whole: Page) => {
        const pages = pagesOf(whole);
        assert.ok(pages.length <= PAGE_SIZE && (pages.length > 0 || whole.count <= PAGE_SIZE));
        let next = whole.offset;
        for (const { offset, count } of pages) {
          assert.equal(offset, next);
          assert.ok(count > 0);
          next += count;
        }
        if (pages.length > 0) assert.equal(next, whole.offset + whole.count);
      }),
    );
  });
});
