import assert from 'node:assert/strict';
import { placedAt } from '../../../../media/editor/cursor';
import { Grid } from '../../../../media/editor/grid';
import { OpenView } from '../../../../media/editor/openView';
import { FieldMarks } from '../../../../media/editor/structureFields';
import { ViewBookmarks } from '../../../../media/editor/viewBookmarks';
import { DEFAULT_DISPLAY } from '../../../../src/shared/display';
import type { SectorBytes } from '../../../../src/shared/protocol';
import { FakeDom, type FakeElement, fake } from '../../../support/media/fakeDom';
import { turn } from '../../../support/turns';

const ROW_HEIGHT = 20;
/** Ten rows high: there are two elements more, for the parts of rows at both ends. */
const VIEWPORT_HEIGHT = 10 * ROW_HEIGHT;
const ELEMENTS = 12;
const SIXTEEN_TIB = 2 ** 44;

const page = new FakeDom();

interface Rig {
  readonly grid: Grid;
  readonly open: OpenView;
  readonly log: unknown[];
  /** Scrolls and draws. */
  scrollTo(top: number): void;
  /** The rows that are shown, from top to bottom. */
  rows(): FakeElement[];
  cell(column: 'hex' | 'text', byteOffset: number): FakeElement;
}

/** A grid over a view of which every sector holds its own number, but sector 1 can't be read. */
function rig(byteCount = 100 * 512, readOnlyReason: string | null = null): Rig {
  const fetch = async (firstSector: number, sectorCount: number): Promise<SectorBytes> => ({
    firstSector,
    bytes: Uint8Array.from({ length: sectorCount * 512 }, (_, i) => firstSector + Math.floor(i / 512)),
    unreadable: [{ first: 1, count: 1, message: 'medium error' }],
    origins: [{ first: firstSector, count: sectorCount, origin: { kind: 'main', sector: firstSector } }],
    unsaved: [],
  });
  const info = { id: 'device', label: 'Device', description: '', byteCount, readOnlyReason } as const;
  const open = new OpenView(info, 16, fetch, () => {});
  const log: unknown[] = [];
  const grid = new Grid(() => open, {
    sectorsShown: (runs, towards, cursorSector) => {
      for (const [first, end] of runs) log.push([first, end, towards]);
      open.cache.want(runs, towards, cursorSector);
    },
    openFold: (sector) => log.push(`open ${sector}`),
    scrolled: () => log.push('scrolled'),
    resized: () => log.push('resized'),
    retry: () => log.push('retry'),
    follow: (sector) => log.push(`follow ${sector}`),
    overwriteSector: (sector) => log.push(`overwrite ${sector}`),
  });
  const root = fake(grid.root);
  page.body.append(root);
  fake(grid.viewport).clientHeight = VIEWPORT_HEIGHT;
  grid.layout(ROW_HEIGHT);
  const offsetText = (byteOffset: number) =>
    (byteOffset - (byteOffset % 16)).toString(16).toUpperCase().padStart(8, '0');
  const rows = () =>
    root
      .all('.row')
      .filter((row) => !row.hidden)
      .sort((a, b) => Number.parseFloat(String(a.style.top)) - Number.parseFloat(String(b.style.top)));
  return {
    grid,
    open,
    log,
    rows,
    scrollTo: (top) => {
      grid.scroll.top = top;
      grid.render();
    },
    cell: (column, byteOffset) => {
      const row = rows().find((each) => textOf(each, '.offset') === offsetText(byteOffset));
      const cells = row?.all('.cell').filter((cell) => cell.dataset.column === column);
      return cells?.[byteOffset % 16] ?? assert.fail(`byte ${byteOffset} is not shown`);
    },
  };
}

function textOf(element: FakeElement, selector: string): string {
  return element
    .all(selector)
    .filter((each) => each.checkVisibility())
    .map(({ textContent }) => textContent)
    .join('');
}

describe('sector editor: grid', () => {
  beforeEach(() => page.install());
  afterEach(() => {
    page.body.replaceChildren();
    page.uninstall();
  });

  it('shows the rows at the scroll position: the heading of a sector, then its bytes', async () => {
    const { grid, rows, scrollTo } = rig();
    await turn();
    scrollTo(33 * 2 * ROW_HEIGHT);
    assert.equal(textOf(rows()[0]!, '.heading'), 'Sector 2 · byte 0x400from main');
    assert.equal(textOf(rows()[1]!, '.bytes').slice(0, 8), '00000400');
    assert.equal(textOf(rows()[1]!, '.hex'), '02'.repeat(16));
    assert.equal(textOf(rows()[1]!, '.text'), '.'.repeat(16));
    assert.equal(rows().length, 10);
    assert.equal(rows()[1]!.getAttribute('aria-rowindex'), String(33 * 2 + 1 + 2));
    assert.equal(fake(grid.root).getAttribute('aria-rowcount'), String(100 * 33 + 1));
  });

  it('has as many elements as fit at both ends of 16 TiB, with positions that a browser can place', () => {
    const { grid, rows, scrollTo } = rig(SIXTEEN_TIB);
    for (const top of [0, 1e9, grid.scroll.maxTop]) {
      scrollTo(top);
      assert.equal(fake(grid.root).all('.row').length, ELEMENTS);
      for (const row of rows()) assert.ok(Math.abs(Number.parseFloat(String(row.style.top))) < 1e6);
    }
    assert.equal(textOf(rows().at(-1)!, '.offset'), 'FFFFFFFFFF0');
    assert.equal(fake(grid.root).getAttribute('aria-rowcount'), '-1');
  });

  it('says which sectors are in view, and in which direction they were scrolled to', () => {
    const { log, scrollTo } = rig();
    scrollTo(33 * 5 * ROW_HEIGHT + 1);
    scrollTo(33 * 2 * ROW_HEIGHT - ROW_HEIGHT);
    assert.deepEqual(log, [
      [0, 1, 1],
      [5, 6, 1],
      [1, 3, -1],
    ]);
  });

  it('says it also before it draws, and keeps to the direction while nothing is scrolled', () => {
    const { grid, log, scrollTo } = rig();
    scrollTo(33 * 5 * ROW_HEIGHT + 1);
    log.length = 0;
    grid.scroll.top = 33 * 2 * ROW_HEIGHT;
    grid.tellSectorsShown();
    grid.render();
    assert.deepEqual(log, [
      [2, 3, -1],
      [2, 3, -1],
    ]);
  });

  it('draws once a frame', () => {
    const { grid, log } = rig();
    log.length = 0;
    grid.scrollBy(50);
    grid.scrollBy(50);
    assert.deepEqual(log, ['scrolled', 'scrolled']);
    page.drawFrame();
    assert.deepEqual(log.slice(2), [[0, 1, 1]]);
    assert.equal(grid.scroll.top, 100);
  });

  it('shows a placeholder for an unreadable sector, and lets it be overwritten in a view that can be edited', async () => {
    for (const readOnlyReason of [null, 'It is read-only.']) {
      const { grid, log, rows, scrollTo } = rig(undefined, readOnlyReason);
      await turn();
      scrollTo(33 * ROW_HEIGHT);
      assert.equal(textOf(rows()[0]!, '.heading-origin'), 'from main, unreadable');
      assert.equal(textOf(rows()[1]!, '.hex'), '');
      const [placeholder] = fake(grid.root).all('.placeholder');
      assert.match(placeholder?.textContent ?? '', /^Unreadablemedium error/);
      const buttons = placeholder!.all('.text-button');
      assert.equal(buttons.length, readOnlyReason === null ? 1 : 0);
      buttons[0]?.dispatch('click');
      assert.equal(log.includes('overwrite 1'), readOnlyReason === null);
      scrollTo(33 * 5 * ROW_HEIGHT);
      assert.equal(fake(grid.root).all('.placeholder').length, 0);
    }
  });

  it('is one tab stop, names the cell at the cursor, and marks the same byte in the other column', () => {
    const { grid, open, cell } = rig();
    const stops = () =>
      fake(grid.root)
        .all('[tabindex]')
        .filter(({ tabIndex }) => tabIndex === 0);
    for (const byteOffset of [5, 37]) {
      open.cursor = { ...open.cursor, byteOffset, anchor: byteOffset };
      grid.render();
      assert.deepEqual(stops(), [fake(grid.root)]);
      assert.deepEqual(fake(grid.root).all('.cursor'), [cell('hex', byteOffset)]);
      assert.deepEqual(fake(grid.root).all('.mirror'), [cell('text', byteOffset)]);
      assert.equal(cell('hex', byteOffset).getAttribute('aria-selected'), 'true');
      assert.equal(
        fake(grid.root).getAttribute('aria-activedescendant'),
        cell('hex', byteOffset).getAttribute('id'),
      );
    }
  });

  it('finds the byte at a point, in the column that is asked for', () => {
    const { grid, cell } = rig();
    page.pointed = cell('text', 18);
    assert.deepEqual(grid.byteAt(0, 0, null), { byteOffset: 18, column: 'text' });
    assert.deepEqual(grid.byteAt(0, 0, 'hex'), { byteOffset: 18, column: 'hex' });
    page.pointed = fake(grid.root);
    assert.equal(grid.byteAt(0, 0, null), null);
  });

  it('scrolls sideways to the cursor where a row is too wide, but only when the cursor moves', () => {
    const { grid, open, cell } = rig();
    const root = fake(grid.root);
    root.clientWidth = 100;
    grid.display = { ...DEFAULT_DISPLAY, bytesPerRow: 16 };
    assert.equal(grid.fittingBytesPerRow, 16);
    grid.layout(ROW_HEIGHT);
    const moveTo = (byteOffset: number, left: number) => {
      Object.assign(cell('hex', byteOffset), { left, clientWidth: 20 });
      open.cursor = placedAt(open.cursor, byteOffset);
      grid.render();
      return root.scrollLeft;
    };
    assert.equal(moveTo(15, 300), 220);
    assert.equal(moveTo(14, 50), 220);
    assert.equal(moveTo(1, -200), 20);
    root.scrollLeft = 7;
    grid.render();
    assert.equal(root.scrollLeft, 7);
  });

  it('shows groups, offsets and text as it is told, at once', async () => {
    const { grid, rows } = rig();
    await turn();
    grid.display = {
      bytesPerRow: 16,
      grouping: 4,
      offsets: 'sector',
      text: 'utf16le',
      sectorSize: 512,
      colors: true,
      structureColors: true,
      folds: false,
    };
    assert.equal(grid.fittingBytesPerRow, 16);
    grid.layout(ROW_HEIGHT);
    const headers = fake(grid.root).all('.column-header')[0]!.all('.cell');
    assert.deepEqual(
      headers.flatMap((header) => (header.classList.contains('group') ? [header.textContent] : [])),
      ['4', '8', '12'],
    );
    assert.equal(textOf(rows()[2]!, '.offset').trim(), '0 +  16');
    assert.equal(rows()[2]!.all('.kind-zero').length, 32);
    grid.display = DEFAULT_DISPLAY;
    grid.layout(ROW_HEIGHT);
    assert.equal(textOf(rows()[2]!, '.offset'), '00000010');
    assert.equal(fake(grid.root).all('.kind-zero').length, 0);
  });

  it('marks the bytes of fields and the field of the cursor, unless colours are off', async () => {
    const { grid, open, cell } = rig();
    await turn();
    const plain = { value: '', meaning: '', link: null, level: 1 };
    open.fields = new FieldMarks([
      {
        name: 'Table',
        byteOffset: 0,
        byteCount: 512,
        isChecksumRight: null,
        fields: [
          { ...plain, name: 'Magic', byteOffset: 0, byteCount: 2 },
          { ...plain, name: 'Size', byteOffset: 2, byteCount: 2 },
        ],
      },
    ]);
    open.fields.current = { byteOffset: 2, byteCount: 2 };
    grid.render();
    const classes = (at: number) =>
      [...(cell('hex', at).getAttribute('class') ?? '').matchAll(/field-(\w+)/g)].map(([, name]) => name);
    assert.deepEqual([0, 1, 2, 3, 4].map(classes), [
      ['even', 'first'],
      ['even'],
      ['odd', 'first', 'current'],
      ['odd', 'current'],
      [],
    ]);
    assert.ok(cell('text', 3).classList.contains('field-current'));
    grid.display = { ...DEFAULT_DISPLAY, structureColors: false };
    grid.render();
    assert.deepEqual(classes(2), []);
  });

  it('marks bytes that changed, of those in view', () => {
    const { grid, cell } = rig();
    grid.flash([
      [30, 4],
      [512 * 50, 8],
    ]);
    const flashed = fake(grid.root)
      .all('.cell')
      .filter(({ animations }) => animations > 0);
    assert.deepEqual(
      flashed,
      [30, 31, 32, 33].map((byteOffset) => cell('hex', byteOffset)),
    );
  });

  it('follows a link in a heading', async () => {
    const { grid, log, rows, scrollTo } = rig();
    await turn();
    scrollTo(0);
    const [origin] = rows()[0]!.all('.heading-origin');
    origin!.dispatch('click');
    assert.ok(!log.includes('follow 0'));
    origin!.classList.add('link');
    origin!.dispatch('click');
    assert.ok(log.includes('follow 0'));
    assert.equal(fake(grid.root).all('.floating').length, 0);
  });

  it('scrolls with the wheel, by pixels, rows or pages', () => {
    const { grid } = rig();
    for (const deltaMode of [0, 1, 2]) fake(grid.root).dispatch('wheel', { deltaY: 2, deltaMode });
    assert.equal(grid.scroll.top, 2 + 2 * ROW_HEIGHT + 2 * VIEWPORT_HEIGHT);
    fake(grid.root).dispatch('wheel', { deltaY: 2, deltaMode: 0, ctrlKey: true });
    assert.equal(grid.scroll.top, 2 + 2 * ROW_HEIGHT + 2 * VIEWPORT_HEIGHT);
  });

  it('shows a fold as one row, counted as one, whose click opens it, and fetches none of its sectors', async () => {
    const { grid, open, log, rows } = rig(100 * 512);
    const root = fake(grid.root);
    await turn();
    open.folds.setHoles(Float64Array.of(1, 98));
    open.isFolded = true;
    open.shape(16);
    log.length = 0;
    grid.layout(ROW_HEIGHT);
    assert.equal(root.getAttribute('aria-rowcount'), String(2 * 33 + 1 + 1));
    grid.scroll.top = 33 * ROW_HEIGHT;
    grid.render();
    const row = rows()[0]!;
    const fold = row.all('.fold').find((each) => !each.hidden)!;
    assert.equal(fold.textContent, 'Sectors 1 to 98: all zeros, 98 sectors');
    assert.equal(fold.getAttribute('aria-expanded'), 'false');
    assert.equal(row.getAttribute('aria-rowindex'), '35');
    assert.deepEqual(log.filter(Array.isArray).at(-1), [99, 100, 1]);
    fold.dispatch('click');
    assert.deepEqual(log.at(-1), 'open 1');
  });

  it('marks a bookmark at its byte in both columns and in the heading, and takes the marks away', async () => {
    const { grid, open, cell, rows } = rig();
    await turn();
    const places = [
      { view: 'device', byteOffset: 20, name: 'boot' },
      { view: 'device', byteOffset: 30, name: 'table' },
    ] as const;
    open.bookmarks = new ViewBookmarks(places, 'device');
    open.cursor = placedAt(open.cursor, 20);
    grid.render();
    for (const column of ['hex', 'text'] as const) {
      assert.equal(cell(column, 20).getAttribute('title'), 'bookmark “boot”');
      assert.match(cell(column, 20).className, / bookmarked/);
      assert.doesNotMatch(cell(column, 21).className, / bookmarked/);
    }
    assert.match(cell('hex', 20).getAttribute('aria-label') ?? '', /, bookmark “boot”$/);
    const marks = () => rows()[0]!.all('.heading-bookmarks')[0]!;
    assert.equal(marks().textContent, 'bookmarks boot, table');
    open.bookmarks = new ViewBookmarks();
    grid.render();
    assert.equal(marks().hidden, true);
    assert.equal(cell('hex', 20).getAttribute('title'), null);
  });

  it('shows sectors of 520 bytes with a heading each, and what can’t be read of one in its own rows', async () => {
    const { grid, open, rows, scrollTo } = rig();
    await turn();
    grid.display = { ...DEFAULT_DISPLAY, sectorSize: 520 };
    open.shape(16, 520);
    grid.layout(ROW_HEIGHT);
    scrollTo(30 * ROW_HEIGHT);
    const titles = rows().map((row) => textOf(row, '.heading-title'));
    assert.ok(titles.includes('Sector 1 (of 520 bytes)'), titles.join());
    // Sector 1 of 512 bytes can't be read: its first byte is the ninth last of sector 0 of 520.
    const last = rows().find((row) => textOf(row, '.offset') === '00000200')!;
    const cells = last.all('.cell').filter((cell) => cell.dataset.column === 'hex');
    assert.deepEqual(cells.map((cell) => cell.textContent).join(''), '');
    assert.equal(cells.filter((cell) => / absent/.test(cell.className)).length, 8);
    const [placeholder] = fake(grid.root).all('.placeholder');
    // From the row at byte 512 to that before byte 1,024, with the heading of sector 1 between them.
    assert.deepEqual(
      [placeholder?.style.top, placeholder?.style.height],
      [`${3 * ROW_HEIGHT}px`, `${33 * ROW_HEIGHT}px`],
    );
  });
});
