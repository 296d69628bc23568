import {
  type CopyFormat,
  type HeldCommand,
  MapFlag,
  type Reveal,
  SECTOR_SIZE,
  type SectorBytes,
  type ToHost,
  type ViewId,
  type ViewInfo,
} from '../../src/shared/protocol';
import { Connection, type HostEvent, RequestError } from './connection';
import { type Cursor, move, selectionOf } from './cursor';
import { Editing, type EditingHost } from './editing';
import { commandOfKey, EditOrder } from './editOrder';
import { parseGoto } from './gotoExpression';
import { type InputActions, listenToInput } from './input';
import { Navigation } from './navigation';
import { OpenView } from './openView';
import { Layout, type LayoutActions } from './pageLayout';
import { Places, type StateStore } from './places';
import { SidePanels } from './sidePanels';

/** What VS Code gives a webview. */
export interface WebviewApi extends StateStore {
  postMessage(message: ToHost): void;
}

/** A read that takes longer than this is shown as failed, with a way to try again. */
const READ_DEADLINE_MS = 30_000;

/** The sector editor in the webview: which view is open, where its cursor is, and how the parts of the page meet. */
export class App {
  readonly #connection: Connection;
  readonly #layout: Layout;
  readonly #panels: SidePanels;
  readonly #navigation: Navigation;
  readonly #editing: Editing;
  readonly #places: Places;
  readonly #order = new EditOrder((isBusy) => this.#layout.showBusy(isBusy));
  #views: readonly ViewInfo[] = [];
  #open: OpenView | null = null;

  constructor(api: WebviewApi) {
    this.#places = new Places(api);
    const open = () => this.#open;
    this.#connection = new Connection(
      (message) => api.postMessage(message),
      (event) => this.#onEvent(event),
    );
    this.#layout = new Layout(this.#layoutActions(), open);
    this.#panels = new SidePanels(this.#connection, this.#layout, open);
    this.#navigation = new Navigation(this.#connection, this.#layout, {
      get open() {
        return open();
      },
      setCursor: (cursor) => this.#setCursor(cursor),
      reveal: (reveal) => this.#reveal(reveal),
    });
    this.#editing = new Editing(this.#editingHost());
    listenToInput(this.#layout.grid, this.#inputActions());
  }

  /** Puts the page into `body` and asks the host for what to show. */
  start(body: HTMLElement): void {
    body.append(this.#layout.root);
    this.#layout.measure();
    if (this.#places.inspectorWasOpen) this.#panels.toggleInspector();
    this.#connection.send({ type: 'ready' });
  }

  receive(message: unknown): void {
    this.#connection.receive(message);
  }

  /** The font or the theme changed. */
  restyled(): void {
    this.#layout.measure();
    this.#layout.relayout();
    this.#layout.map.draw();
  }

  dispose(): void {
    this.#connection.dispose();
    this.#open?.cache.dispose();
  }

  #onEvent(event: HostEvent): void {
    switch (event.type) {
      case 'opened':
        this.#opened(event);
        break;
      case 'failed':
        this.#close();
        this.#layout.showFailure(event.message, event.canOpenAsText);
        break;
      case 'changed':
        this.#changed(event.view, event.ranges);
        break;
      case 'reveal':
        this.#reveal(event.reveal);
        break;
      case 'command':
        if (event.command === 'goTo') this.#layout.toolbar.focusGoto();
        else if (event.command === 'find') this.#layout.findBar.open();
        else this.#toggleInspector();
        break;
    }
  }

  #opened(event: Extract<HostEvent, { type: 'opened' }>): void {
    const current = this.#open?.info.id ?? this.#places.view;
    this.#close();
    this.#views = event.views;
    this.#layout.showNotice(event.notice);
    const view = event.views.find((candidate) => candidate.id === current) ?? event.views[0];
    if (view) this.#showView(view.id);
    if (event.reveal) this.#reveal(event.reveal);
    this.#layout.grid.focus();
  }

  /** Leaves the open view, remembering the place in it. */
  #close(): void {
    const open = this.#open;
    if (!open) return;
    this.#navigation.cancel();
    this.#notePlace();
    open.cache.dispose();
    this.#open = null;
  }

  #showView(id: ViewId): void {
    const info = this.#views.find((view) => view.id === id);
    if (!info) return;
    this.#close();
    this.#layout.showView(this.#views, info);
    const open = new OpenView(
      info,
      this.#layout.grid.fittingBytesPerRow,
      (first, count, signal) => this.#read(id, first, count, signal),
      (changed) => {
        this.#layout.grid.flash(changed);
        this.#updated();
      },
    );
    this.#open = open;
    const place = this.#places.in(id);
    if (place) open.cursor = open.clamp(place.cursor);
    this.#layout.relayout(place?.topByte ?? 0);
    this.#panels.viewChanged();
    this.#cursorMoved();
  }

  async #read(
    view: ViewId,
    firstSector: number,
    sectorCount: number,
    signal: AbortSignal,
  ): Promise<SectorBytes> {
    const deadline = AbortSignal.timeout(READ_DEADLINE_MS);
    const options = { signal: AbortSignal.any([signal, deadline]) };
    try {
      return await this.#connection.request('read', { view, firstSector, sectorCount }, options);
    } catch (error) {
      if (deadline.aborted && !signal.aborted)
        throw new RequestError('ETIMEDOUT', 'No answer for 30 seconds.');
      throw error;
    }
  }

  #changed(view: ViewId | null, ranges: readonly (readonly [number, number])[] | null): void {
    if (!this.#open || (view !== null && view !== this.#open.info.id)) return;
    this.#open.cache.invalidate(ranges);
    this.#panels.bytesChanged();
    this.#updated();
  }

  /** Something that is shown may have arrived or changed. */
  #updated(): void {
    this.#layout.grid.refresh();
    this.#panels.showCursor();
  }

  #reveal(reveal: Reveal): void {
    if (reveal.view !== null && reveal.view !== this.#open?.info.id) this.#showView(reveal.view);
    if (reveal.byteOffset !== null) this.#navigation.goTo(reveal.byteOffset);
    this.#layout.grid.focus();
  }

  #setCursor(cursor: Cursor): void {
    const open = this.#open;
    if (!open || open.info.byteCount === 0) return;
    open.cursor = open.clamp(cursor);
    this.#layout.grid.scroll.revealRow(open.geometry.rowOfByte(open.cursor.byteOffset));
    this.#cursorMoved();
  }

  #cursorMoved(): void {
    const open = this.#open;
    if (!open) return;
    this.#layout.grid.refresh();
    this.#layout.showPosition();
    this.#panels.showCursor();
    const selection = { view: open.info.id, ...selectionOf(open.cursor), cursor: open.cursor.byteOffset };
    this.#connection.send({ type: 'selection', selection });
    this.#notePlace();
  }

  #toggleInspector(): void {
    this.#panels.toggleInspector();
    this.#notePlace();
  }

  #notePlace(): void {
    const open = this.#open;
    if (!open) return;
    const topByte = open.topByte(this.#layout.grid.scroll.firstRow);
    this.#places.note(open.info.id, { cursor: open.cursor, topByte }, this.#panels.inspectorOpen);
  }

  #copy(format: CopyFormat): void {
    const open = this.#open;
    if (!open) return;
    const asks = { view: open.info.id, format, ...selectionOf(open.cursor) };
    const { status } = this.#layout;
    this.#connection.request('copy', asks).then(
      () => status.say(`Copied ${asks.end - asks.start} bytes.`),
      (error: unknown) => status.say((error as Error).message),
    );
  }

  /** What is typed shows at once; `aria-busy` tells that the document doesn't have all of it yet. */
  #sendEdit(byteOffset: number, bytes: Uint8Array, merge: boolean): void {
    const open = this.#open;
    if (!open) return;
    const asks = { view: open.info.id, byteOffset, bytes, merge };
    this.#order.edit(() =>
      this.#connection.request('edit', asks).then(
        () => undefined,
        (error: unknown) => {
          open.cache.invalidate(null);
          this.#layout.status.say((error as Error).message);
        },
      ),
    );
  }

  /** Keeps a key from VS Code that would overtake an edit. True if it is kept. */
  #holdKey(event: KeyboardEvent): boolean {
    const command = commandOfKey(event);
    const run = async (held: HeldCommand) =>
      void (await this.#connection.request('command', { command: held }));
    return command !== null && this.#order.hold(() => run(command));
  }

  #scrolled(): void {
    this.#layout.grid.refresh();
    this.#layout.showPosition();
    this.#notePlace();
  }

  #layoutActions(): LayoutActions {
    const send = (type: 'retry' | 'refresh' | 'openAsText') => this.#connection.send({ type });
    return {
      toolbar: {
        showView: (id) => this.#navigation.switchTo(id),
        parseGoto: (input) =>
          parseGoto(input, this.#open?.info.byteCount ?? 0, this.#open?.cursor.byteOffset ?? 0),
        goTo: (byteOffset) => this.#navigation.goTo(byteOffset),
        seek: (landmark, direction) => void this.#navigation.seek(landmark, direction),
        find: () => this.#layout.findBar.open(),
        refresh: () => send('refresh'),
        toggleInspector: () => this.#toggleInspector(),
        leave: () => this.#layout.grid.focus(),
      },
      find: {
        find: (pattern, direction, signal, onProgress) =>
          this.#navigation.find(pattern, direction, signal, onProgress),
        closed: () => this.#layout.grid.focus(),
      },
      map: this.#mapActions(),
      grid: {
        sectorsShown: (first, end, towards) => this.#open?.cache.want(first, end, towards),
        scrolled: () => this.#scrolled(),
        resized: () => {
          this.#layout.relayout();
          this.#panels.bytesChanged();
        },
        retry: () => this.#open?.cache.retry(),
        follow: (sector) => this.#navigation.follow(sector),
        overwriteSector: (sector) => this.#editing.overwriteSector(sector),
      },
      retryOpen: () => send('retry'),
      openAsText: () => send('openAsText'),
    };
  }

  #mapActions(): LayoutActions['map'] {
    const scroll = () => this.#layout.grid.scroll;
    return {
      scrollTo: (fraction) => {
        scroll().top = fraction * scroll().maxTop;
        this.#scrolled();
      },
      scrollBy: (viewports) => this.#layout.grid.scrollBy(viewports * scroll().viewportHeight),
      goToMark: (flags, firstSector) => {
        const landmark = flags & MapFlag.bad ? 'bad' : flags & MapFlag.remapped ? 'remapped' : null;
        if (landmark) void this.#navigation.seek(landmark, 'next', firstSector);
        else this.#navigation.goTo(firstSector * SECTOR_SIZE);
      },
    };
  }

  #inputActions(): InputActions {
    const app = this;
    return {
      get cursor() {
        return app.#open?.cursor ?? null;
      },
      setCursor: (cursor) => this.#setCursor(cursor),
      move: (motion, extend) => {
        const open = this.#open;
        if (!open) return;
        this.#setCursor(move(open.cursor, motion, extend, open.geometry, this.#layout.grid.scroll.pageRows));
      },
      selectAll: () => {
        const open = this.#open;
        if (open) this.#setCursor({ ...open.cursor, anchor: 0, byteOffset: open.info.byteCount - 1 });
      },
      hold: (event) => this.#holdKey(event),
      type: (character) => this.#open !== null && this.#editing.type(character),
      follow: () => this.#navigation.follow(Math.floor((this.#open?.cursor.byteOffset ?? 0) / SECTOR_SIZE)),
      copy: (format) => this.#copy(format),
      paste: (text) => {
        if (this.#open) this.#editing.paste(text);
      },
    };
  }

  #editingHost(): EditingHost {
    return {
      open: () => this.#open,
      setCursor: (cursor) => this.#setCursor(cursor),
      sendEdit: (byteOffset, bytes, merge) => this.#sendEdit(byteOffset, bytes, merge),
      say: (message) => this.#layout.status.say(message),
    };
  }
}
