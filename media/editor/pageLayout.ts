import type { Display } from '../../src/shared/display';
import type { ComparisonState, NoticeAction, ToPage, ViewInfo } from '../../src/shared/protocol';
import { type ComparisonActions, PageComparison } from './comparison';
import { element, icon, textButton } from './dom';
import { EditorStatus } from './editorStatus';
import { FindBar, type FindBarActions } from './findBar';
import { headedBytes } from './geometry';
import { Grid, type GridActions } from './grid';
import { Inspector, type InspectorActions } from './inspector';
import { MapPanel, type MapPanelActions } from './mapPanel';
import { positionOf } from './mapPosition';
import { MatchList, type MatchListActions } from './matchList';
import type { OpenView } from './openView';
import { Toolbar, type ToolbarActions } from './toolbar';
import { type MapActions, ViewMap } from './viewMap';

const PROBE_CHARACTERS = 20;

/** What the parts of the page let a person do. */
export interface PageActions {
  readonly toolbar: ToolbarActions;
  readonly find: FindBarActions;
  readonly matches: MatchListActions;
  readonly map: MapActions;
  readonly mapPanel: MapPanelActions;
  readonly grid: GridActions;
  readonly inspector: InspectorActions;
  readonly comparison: ComparisonActions;
  /** Tries again to open what could not be opened. */
  retryOpen(): void;
  openAsText(): void;
  actOnNotice(action: NoticeAction): void;
}

const NOTICE_ACTIONS: Readonly<Record<NoticeAction, string>> = {
  manageTrust: 'Manage Trust',
  openForWriting: 'Open for Writing',
  resume: 'Resume Device',
  useMap: 'Use This Map',
};

/** The parts of the page and how they share its room. */
export class PageLayout {
  readonly root: HTMLElement;
  readonly toolbar: Toolbar;
  readonly findBar: FindBar;
  readonly matches: MatchList;
  readonly grid: Grid;
  readonly map: ViewMap;
  readonly mapPanel: MapPanel;
  readonly inspector: Inspector;
  readonly status = new EditorStatus();
  readonly comparison: PageComparison;
  readonly #notice = element('div', { class: 'notice', hidden: true });
  /** A line in the editor's font, to measure it. */
  readonly #probe = element('span', { class: 'probe', 'aria-hidden': 'true' }, '0'.repeat(PROBE_CHARACTERS));
  readonly #content: HTMLElement;
  readonly #failure = element('div', { class: 'failure', role: 'alert', hidden: true });
  #rowHeight = 20;

  constructor(
    private readonly actions: PageActions,
    private readonly open: () => OpenView | null,
  ) {
    this.toolbar = new Toolbar(actions.toolbar);
    this.findBar = new FindBar(actions.find);
    this.matches = new MatchList(actions.matches);
    this.grid = new Grid(open, actions.grid);
    this.grid.root.id = 'grid';
    this.map = new ViewMap(actions.map);
    this.mapPanel = new MapPanel(actions.mapPanel);
    this.inspector = new Inspector(actions.inspector);
    const announce = (words: string) => this.status.announce(words);
    this.comparison = new PageComparison(open, this.grid.scroll, announce, actions.comparison);
    const strip = element('div', { class: 'strip' }, this.map.legend, this.map.root);
    this.#content = element(
      'div',
      { class: 'content', hidden: true },
      this.toolbar.root,
      this.findBar.root,
      this.matches.root,
      this.#notice,
      element('div', { class: 'panes' }, this.grid.root, strip, this.inspector.root),
      this.mapPanel.root,
      this.status.root,
      this.comparison.root,
    );
    this.root = element(
      'main',
      { class: 'editor' },
      element('h1', { class: 'visually-hidden' }, 'Sectors'),
      this.#content,
      this.#failure,
      this.#probe,
      this.status.live,
    );
  }

  /** Measures the editor's font. */
  measure(): void {
    const { width, height } = this.#probe.getBoundingClientRect();
    this.#rowHeight = Math.max(12, Math.round(height));
    this.grid.root.style.setProperty('--character-width', `${width / PROBE_CHARACTERS}px`);
  }

  /** Lays the grid out for the room there is, with `topByte` at the top, or what was there before. */
  relayout(topByte?: number): void {
    const open = this.open();
    if (!open || this.#content.hidden) return;
    const { scroll } = this.grid;
    const top = topByte ?? open.topByte(scroll.firstRow);
    const bytesPerRow = this.grid.fittingBytesPerRow;
    const headed = headedBytes(this.grid.display.sectorSize);
    const { geometry } = open;
    const reflowed = bytesPerRow !== geometry.bytesPerRow || headed !== geometry.sectorSize;
    if (reflowed) open.shape(bytesPerRow, headed);
    this.grid.layout(this.#rowHeight);
    if (reflowed || topByte !== undefined) scroll.top = open.topRow(top) * scroll.rowHeight;
    this.grid.render();
    this.showPosition();
  }

  /** Lays the rows out by other folds. What is at the top stays there. */
  refold(): void {
    const open = this.open();
    if (!open || this.#content.hidden) return;
    const { scroll } = this.grid;
    const top = open.topByte(scroll.firstRow);
    const hiddenPart = scroll.top - scroll.firstRow * scroll.rowHeight;
    open.shape(open.geometry.bytesPerRow);
    scroll.resize(open.geometry.rowCount, scroll.rowHeight, scroll.viewportHeight);
    scroll.top = open.topRow(top) * scroll.rowHeight + hiddenPart;
    this.grid.layout(this.#rowHeight);
    this.showPosition();
  }

  /** Shows bytes in this way from now on. */
  showDisplay(display: Display): void {
    this.toolbar.displayMenu.show(display);
    this.grid.display = display;
    this.relayout();
  }

  /** Shows the content instead of a failure, with `current` as the chosen one of the views. */
  showView(views: readonly ViewInfo[], current: ViewInfo): void {
    this.#failure.hidden = true;
    this.#content.hidden = false;
    this.toolbar.showViews(views, current.id);
    this.grid.root.dataset.view = current.id;
    this.grid.root.setAttribute('aria-label', `Sectors, ${current.label}`);
    this.grid.root.setAttribute('aria-readonly', String(current.readOnlyReason !== null));
  }

  /** Tells assistive technology whether edits are under way. */
  showBusy(isBusy: boolean): void {
    this.grid.root.setAttribute('aria-busy', String(isBusy));
  }

  /** Shows a sentence above the bytes, or none, and a button for each thing that can be done about it. */
  showNotice(notice: string | null, actions: readonly NoticeAction[]): void {
    this.#notice.hidden = notice === null;
    const buttons = actions.map((action) =>
      textButton(NOTICE_ACTIONS[action], () => this.actions.actOnNotice(action)),
    );
    this.#notice.replaceChildren(icon('info'), element('span', {}, notice ?? ''), ...buttons);
  }

  /** Shows, in place of the content, why there is nothing to show and what can be done. */
  showFailure({ message, comesBack, canOpenAsText }: Extract<ToPage, { type: 'failed' }>): void {
    this.#content.hidden = true;
    this.#failure.hidden = false;
    const buttons = element('div', { class: 'failure-actions' }, textButton('Retry', this.actions.retryOpen));
    if (canOpenAsText) buttons.append(textButton('Open as Text', this.actions.openAsText));
    this.#failure.classList.toggle('comes-back', comesBack);
    this.#failure.replaceChildren(icon(comesBack ? 'sync' : 'error'), element('p', {}, message), buttons);
  }

  /** Shows how the comparison with another editor goes; null: there is none. */
  showComparison(state: ComparisonState | null): void {
    if (state) this.root.dataset.compared = state.side;
    else delete this.root.dataset.compared;
    const wasHidden = this.comparison.root.hidden;
    this.comparison.show(state);
    if (wasHidden !== this.comparison.root.hidden) this.relayout();
  }

  /** Gives the focus to the bytes, or to what can be done where none are shown. */
  takeFocus(): void {
    if (this.#content.hidden) this.#failure.querySelector('button')?.focus();
    else this.grid.focus();
  }

  /** Shows or hides the large map. */
  showMapPanel(isShown: boolean): void {
    this.mapPanel.root.hidden = !isShown;
    this.toolbar.showMapPanel(isShown);
  }

  /** Shows on the map which part of the view is in the viewport. */
  showPosition(): void {
    const open = this.open();
    if (open) this.map.showPosition(positionOf(open.geometry, this.grid.scroll));
  }
}
