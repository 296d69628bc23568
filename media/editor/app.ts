import {
  type ClipboardFormat,
  type EditKind,
  SECTOR_SIZE,
  type ToExtension,
  type UiCommand,
} from '../../src/shared/protocol';
import { AllMatches } from './allMatches';
import { Connection, type ExtensionEvent } from './connection';
import { describeCopied } from './copiedWords';
import { CurrentView } from './currentView';
import { type Cursor, move, selectionOf } from './cursor';
import { Editing } from './editing';
import { commandOfKey, EditOrder } from './editOrder';
import { FieldHover } from './fieldHover';
import { FoldSteps } from './foldSteps';
import { parseGoto } from './gotoExpression';
import { type InputActions, listenToInput } from './input';
import { mapActions } from './mapActions';
import { Navigation } from './navigation';
import type { OpenView } from './openView';
import { type PageActions, PageLayout } from './pageLayout';
import { Places, type StateStore } from './places';
import { SidePanels } from './sidePanels';

/** For how long after a key a person counts as typing. */
const TYPING_MS = 1000;

/** What VS Code gives to the script of a webview. */
export interface WebviewApi extends StateStore {
  postMessage(message: ToExtension): void;
}

/** The page of the sector editor: makes its parts, and passes the extension's messages and a person's actions to them. */
export class App {
  readonly #connection: Connection;
  readonly #layout: PageLayout;
  readonly #panels: SidePanels;
  readonly #view: CurrentView;
  readonly #navigation: Navigation;
  readonly #editing: Editing;
  readonly #matches: AllMatches;
  readonly #folds: FoldSteps;
  readonly #places: Places;
  readonly #hover: FieldHover;
  /** When a key for undo or redo was pressed last. */
  #stepKeyAt = 0;
  readonly #order = new EditOrder((isBusy) => this.#layout.showBusy(isBusy));

  constructor(api: WebviewApi) {
    this.#places = new Places(api);
    this.#connection = new Connection(
      (message) => api.postMessage(message),
      (event) => this.#onEvent(event),
    );
    const open = () => this.#view.open;
    this.#layout = new PageLayout(this.#pageActions(), open);
    this.#panels = new SidePanels(this.#connection, this.#layout, open);
    this.#view = new CurrentView(this.#connection, this.#layout, this.#panels, this.#places, () => {
      this.#navigation.cancel();
      this.#editing.endByte();
    });
    this.#navigation = new Navigation(this.#connection, {
      get open() {
        return open();
      },
      scroll: this.#layout.grid.scroll,
      status: this.#layout.status,
      setCursor: (cursor) => this.#setCursor(cursor),
      history: this.#places.history,
      hasView: (id) => this.#view.has(id),
      showView: (id) => this.#view.show(id),
      openFold: (sector) => this.#panels.folds.openAt(sector),
      focus: () => this.#layout.grid.focus(),
      historyChanged: () => {
        this.#layout.toolbar.showHistory(this.#places.history.stops);
        this.#view.savePlace();
      },
    });
    this.#matches = new AllMatches(this.#connection, {
      get open() {
        return open();
      },
      show: (matches) => this.#panels.showMatches(matches),
      focusList: () => this.#layout.matches.focus(),
      say: (message) => this.#layout.status.say(message),
    });
    this.#editing = new Editing({
      open,
      setCursor: (cursor) => this.#view.setCursor(cursor),
      sendEdit: (view, byteOffset, bytes, how) => this.#sendEdit(view, byteOffset, bytes, how),
      askForForm: () => this.#connection.send({ type: 'pasteAs' }),
      textEncoding: () => this.#layout.grid.display.text,
      say: (message) => this.#layout.status.say(message),
    });
    this.#hover = new FieldHover(this.#layout.grid, open, (view, sector, signal) =>
      this.#panels.structuresAt(view, sector, signal),
    );
    this.#folds = new FoldSteps(this.#panels.folds, {
      open,
      setCursor: (cursor) => this.#setCursor(cursor),
      focus: () => this.#layout.grid.focus(),
    });
    listenToInput(this.#layout.grid, this.#inputActions(), navigator.platform.startsWith('Mac'));
  }

  /** Puts the page into `body` and asks the extension for what to show. */
  start(body: HTMLElement): void {
    body.append(this.#layout.root, this.#hover.root);
    this.#layout.measure();
    if (this.#places.inspectorWasOpen) this.#panels.toggleInspector();
    this.#connection.send({ type: 'ready' });
  }

  /** Takes a message of the extension. */
  receive(message: unknown): void {
    this.#connection.receive(message);
  }

  /** The font or the theme changed. */
  restyled(): void {
    this.#layout.measure();
    this.#layout.relayout();
    this.#layout.map.draw();
    this.#layout.mapPanel.draw();
  }

  /** The page has the focus now, or a part of it is gone. If no part has it one takes it, so that keys act on something. */
  focused(): void {
    if (document.activeElement === document.body && document.hasFocus()) this.#layout.takeFocus();
  }

  /** The person went elsewhere in the window. */
  left(): void {
    this.#editing.endByte();
  }

  dispose(): void {
    this.#connection.dispose();
    this.#view.dispose();
  }

  #onEvent(event: ExtensionEvent): void {
    switch (event.type) {
      case 'display':
        this.#layout.showDisplay(event.display);
        this.#panels.displayChanged(event.display);
        break;
      case 'bookmarks':
        this.#panels.showBookmarks(event.bookmarks);
        break;
      case 'opened':
        this.#layout.showNotice(event.notice, event.noticeActions);
        this.#layout.grid.showSuspended(event.noticeActions.includes('resume'));
        this.#view.setViews(event.views);
        if (event.reveal) this.#navigation.showPlace(event.reveal);
        this.#layout.toolbar.showHistory(this.#places.history.stops);
        if (event.takesFocus) this.#layout.grid.focus();
        else this.focused();
        break;
      case 'failed':
        this.#view.close();
        this.#layout.showFailure(event);
        break;
      case 'changed':
        this.#view.changed(event.view, event.ranges);
        this.#matches.changed(event.view, event.ranges).catch(() => undefined);
        break;
      case 'reveal':
        this.#navigation.reveal(event.reveal);
        if (event.takesFocus) this.#layout.grid.focus();
        break;
      case 'stepped':
        this.#goToStep(event);
        break;
      case 'comparison':
        this.#layout.showComparison(event.comparison);
        this.#panels.maps.partChanged();
        break;
      case 'scrollTo':
        this.#layout.comparison.follow(event);
        break;
      case 'said':
        this.#layout.status.say(event.message);
        break;
      case 'command':
        this.#run(event.command);
        break;
    }
  }

  /** Goes to what was undone or redone, unless the person has typed on since the key: the bytes would go elsewhere. */
  #goToStep({ view, byteOffset }: Extract<ExtensionEvent, { type: 'stepped' }>): void {
    const { typedAt } = this.#editing;
    const typesOn = typedAt > this.#stepKeyAt && performance.now() - typedAt < TYPING_MS;
    if (!typesOn) this.#navigation.showPlace({ view, byteOffset });
  }

  #run(command: UiCommand): void {
    if (command === 'goTo') this.#layout.toolbar.focusGoto();
    else if (command === 'find') this.#layout.findBar.open();
    else if (command === 'toggleInspector') this.#toggleInspector();
    else if (command === 'toggleMap') this.#toggleMap();
    else this.#navigation.step(command);
  }

  #toggleInspector(): void {
    this.#panels.toggleInspector();
    this.#view.savePlace();
  }

  /** The focus goes into the map that is opened, and back to the bytes from one that had it. */
  #toggleMap(): void {
    const hadFocus = this.#layout.mapPanel.root.contains(document.activeElement);
    this.#panels.toggleMap();
    if (hadFocus) this.#layout.grid.focus();
  }

  #copy(format: ClipboardFormat): void {
    const { open } = this.#view;
    if (!open) return;
    this.#editing.endByte();
    const asks = { view: open.info.id, format, ...selectionOf(open.cursor) };
    this.#connection.request('copy', asks).then(
      ({ notText }) => this.#layout.status.say(describeCopied(asks.end - asks.start, notText)),
      (error: unknown) => this.#layout.status.say((error as Error).message),
    );
  }

  /** Pastes; what was copied in a sector editor comes back to the byte, also where its text can't carry it. */
  #paste(text: string): void {
    const { open } = this.#view;
    if (!open) return;
    this.#editing.endByte();
    const { cursor } = open;
    const asks = { view: open.info.id, text, asText: cursor.column === 'text' };
    const exact = this.#connection.request('copied', asks).catch(() => null);
    this.#order.edit(() => exact.then((bytes) => this.#editing.paste(open, cursor, bytes ?? text)));
  }

  /** Sends an edit that is shown already. If the extension refuses it, the bytes are read again. */
  #sendEdit({ info, cache }: OpenView, byteOffset: number, bytes: Uint8Array, how: EditKind): void {
    this.#order.edit(() =>
      this.#connection.request('edit', { view: info.id, byteOffset, bytes, how }).then(
        () => undefined,
        (error: unknown) => {
          cache.invalidate(null);
          this.#layout.status.say((error as Error).message);
        },
      ),
    );
  }

  /** Keeps a key for undo, redo or save from VS Code, to run its command in turn. @returns false for any other key */
  #holdKey(event: KeyboardEvent): boolean {
    const command = commandOfKey(event);
    if (command === null) return false;
    this.#stepKeyAt = performance.now();
    if (command === 'undo' && this.#editing.takeDigitBack()) return true;
    this.#editing.endByte();
    this.#order.hold(async () => {
      await this.#connection.request('command', { command });
    });
    return true;
  }

  /** Moves the cursor by anything but typing. */
  #setCursor(cursor: Cursor): void {
    this.#editing.endByte();
    this.#view.setCursor(cursor);
  }

  #pageActions(): PageActions {
    const send = (type: 'retry' | 'refresh' | 'openAsText') => this.#connection.send({ type });
    const focusGrid = () => this.#layout.grid.focus();
    const place = () => this.#view.open?.placeIn(this.#layout.grid.display.sectorSize) ?? null;
    const map = mapActions(() => [this.#layout.grid, this.#view, this.#navigation]);
    return {
      toolbar: {
        showView: (id) => this.#navigation.switchTo(id),
        parseGoto: (input) => {
          const { open } = this.#view;
          const { sectorSize } = this.#layout.grid.display;
          return parseGoto(input, open?.info.byteCount ?? 0, open?.cursor.byteOffset ?? 0, sectorSize);
        },
        goTo: (byteOffset) => this.#navigation.goTo(byteOffset),
        goToTarget: (target) => this.#navigation.goToTarget(target),
        step: (direction) => this.#navigation.step(direction),
        seek: (landmark, direction) => void this.#navigation.seek(landmark, direction),
        find: () => this.#layout.findBar.open(),
        refresh: () => send('refresh'),
        toggleInspector: () => this.#toggleInspector(),
        toggleMap: () => this.#toggleMap(),
        setDisplay: (display) => this.#connection.send({ type: 'setDisplay', display }),
        leave: focusGrid,
      },
      find: {
        search: (...asks) => this.#navigation.search(...asks),
        searchAll: (...asks) => this.#matches.search(...asks),
        get place() {
          return place();
        },
        closed: () => {
          this.#matches.hide();
          focusGrid();
        },
      },
      matches: {
        goTo: ({ byteOffset, byteCount }) => this.#navigation.goTo(byteOffset, byteCount),
        leave: focusGrid,
      },
      map,
      mapPanel: {
        goToKind: map.goToKind,
        partChanged: () => this.#panels.maps.partChanged(),
        close: () => this.#toggleMap(),
        leave: focusGrid,
      },
      grid: {
        sectorsShown: (runs, towards, cursorSector) => {
          this.#view.open?.cache.want(runs, towards, cursorSector);
          this.#panels.folds.shown(runs);
          this.#layout.comparison.tellScroll();
        },
        openFold: (sector) => this.#folds.open(sector),
        scrolled: () => this.#view.scrolled(),
        resized: () => {
          this.#layout.relayout();
          this.#panels.maps.partChanged();
        },
        retry: () => {
          this.#view.open?.cache.retry();
          focusGrid();
        },
        follow: (sector) => this.#navigation.follow(sector),
        overwriteSector: (sector) => {
          this.#editing.overwriteSector(sector);
          focusGrid();
        },
      },
      inspector: {
        write: (bytes) => this.#editing.writeAtCursor(bytes),
        say: (message) => this.#layout.status.say(message),
        leave: focusGrid,
        select: (byteOffset, byteCount) => this.#navigation.goTo(byteOffset, byteCount),
        goTo: (view, byteOffset) => {
          this.#navigation.reveal({ view, byteOffset });
          focusGrid();
        },
        checksums: (watch) => {
          this.#editing.endByte();
          return this.#panels.checksums(watch);
        },
      },
      comparison: {
        send: (message) => this.#connection.send(message),
        scrolled: () => this.#view.scrolled(),
      },
      retryOpen: () => send('retry'),
      openAsText: () => send('openAsText'),
      actOnNotice: (action) => this.#connection.send({ type: 'actOnNotice', action }),
    };
  }

  #inputActions(): InputActions {
    const view = this.#view;
    return {
      get cursor() {
        return view.open?.cursor ?? null;
      },
      setCursor: (cursor) => this.#setCursor(cursor),
      move: (motion, extend) => {
        const { open } = view;
        if (!open) return;
        if (!extend && this.#folds.step(motion)) return;
        const { pageRows } = this.#layout.grid.scroll;
        this.#setCursor(move(open.cursor, motion, extend, open.geometry, pageRows));
      },
      selectAll: () => {
        const { open } = view;
        if (open) this.#setCursor({ ...open.cursor, byteOffset: 0, anchor: open.info.byteCount - 1 });
      },
      hold: (event) => this.#holdKey(event),
      type: (character) => {
        this.#folds.openHere();
        return this.#editing.type(character);
      },
      takeDigitBack: () => this.#editing.takeDigitBack(),
      follow: () => {
        if (this.#folds.openHere()) return;
        this.#navigation.follow(Math.floor((view.open?.cursor.byteOffset ?? 0) / SECTOR_SIZE));
      },
      copy: (format) => this.#copy(format),
      paste: (text) => this.#paste(text),
      pasteAs: () => this.#connection.send({ type: 'pasteAs' }),
    };
  }
}
