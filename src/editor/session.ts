import * as vscode from 'vscode';
import { describeError } from '../contract/errorSentences';
import { printable } from '../engine';
import { complain } from '../frame/notifications';
import { openText } from '../frame/openText';
import type { TreeReference } from '../frame/treeReference';
import { builtIn, commands, editorCommands, uiCommands } from '../manifest';
import { DEFAULT_DISPLAY, type Display, type SectorSize } from '../shared/display';
import {
  type ClipboardFormat,
  type ComparisonState,
  type HeldCommand,
  isToExtension,
  type NoticeAction,
  type Request,
  type Reveal,
  SECTOR_SIZE,
  type Selection,
  type ToPage,
  type UiCommand,
  type ViewId,
  type ViewInfo,
} from '../shared/protocol';
import type { StructureDescription } from '../structure';
import type { Bookmarks, BytePlace } from './bookmarks';
import { ChangeBatch } from './changeBatch';
import { onDidChangeDisplay, readDisplay, writeDisplay } from './displaySettings';
import type { SectorDocument } from './document';
import { answerRequest, type DocumentRequest } from './editorRequests';
import { locate } from './goToTargets';
import { PendingRequests } from './pendingRequests';
import type { SearchOptions } from './search';
import { recognizedSectorSize, type SectorSizes } from './sectorSizes';
import type { SoughtStructures } from './structuresAt';
import type { WorkspaceStructures } from './workspaceStructures';

/** VS Code's ids of the commands that a page may hold back. */
const HELD_COMMANDS: Readonly<Record<HeldCommand, string>> = {
  undo: 'undo',
  redo: 'redo',
  save: 'workbench.action.files.save',
};

/** What links an editor with the one that it is compared with. */
export interface EditorLink {
  /** What a page is told of the comparison. */
  stateFor(session: EditorSession): ComparisonState;
  /** What the document answered a page, with what the other editor adds to it. */
  answer(
    session: EditorSession,
    request: DocumentRequest,
    answer: unknown,
    signal: AbortSignal,
  ): Promise<unknown>;
  /** A page has something to show, which it may not have had before. */
  opened(session: EditorSession): void;
  /** A page was scrolled. */
  scrolled(session: EditorSession, view: ViewId, sector: number, millionths: number): void;
  act(act: 'stop' | 'goOn'): void;
  /** The session closes. */
  end(): void;
}

/** One editor of a document: answers the page in its webview, and tells it what changes. */
export class EditorSession implements vscode.Disposable {
  readonly #requests = new PendingRequests(
    (request, options) => this.#answer(request, options),
    (message) => this.#post(message),
  );
  readonly #changes = new ChangeBatch((view, ranges) => this.#post({ type: 'changed', view, ranges }));
  readonly #disposables: vscode.Disposable[];
  #isReady = false;
  #isDisposed = false;
  #reveal: Reveal | null = null;
  #selection: Selection | null = null;
  #recognizedSize = DEFAULT_DISPLAY.sectorSize;
  #interpretations: SoughtStructures['interpretations'] = [];
  #link: EditorLink | null = null;

  constructor(
    readonly document: SectorDocument,
    readonly panel: vscode.WebviewPanel,
    private readonly bookmarks: Bookmarks,
    private readonly sectorSizes: SectorSizes,
    private readonly structures: WorkspaceStructures,
  ) {
    this.#disposables = [
      panel.webview.onDidReceiveMessage((message: unknown) => this.#receive(message)),
      panel.onDidChangeViewState(() => {
        // VS Code takes the page of a hidden webview down; the next one says that it is ready.
        if (!panel.visible) this.#pause();
      }),
      onDidChangeDisplay(() => this.#showDisplay()),
      sectorSizes.onDidChange((uri) => {
        if (uri === document.uri.toString()) this.#showDisplay();
      }),
      bookmarks.onDidChange((uri) => {
        if (uri === document.uri.toString()) this.#showBookmarks();
      }),
      structures.onDidChange(() => this.#showStructures()),
      document.onDidChange((event) => {
        if (event.kind === 'changed') this.#changes.add(event.view, event.ranges);
        else if (event.kind !== 'stepped') this.#show(false);
        else if (this.isActive) {
          const { view, byteOffset } = event;
          this.#post({ type: 'stepped', view, byteOffset });
        }
      }),
    ];
  }

  /** True for the active editor of the window. */
  get isActive(): boolean {
    return !this.#isDisposed && this.panel.active;
  }

  /** The view and the sector under the cursor; null before the page told it. */
  get cursor(): { readonly view: ViewId; readonly sector: number } | null {
    const selection = this.#selection;
    return selection && { view: selection.view, sector: Math.floor(selection.start / SECTOR_SIZE) };
  }

  /** The selected bytes, at least the one under the cursor; null before the page told it. */
  get selection(): Selection | null {
    return this.#selection;
  }

  /** The first selected byte; null before the page told it. */
  get place(): BytePlace | null {
    const selection = this.#selection;
    return selection && { view: selection.view, byteOffset: selection.start };
  }

  /** What structures are looked for. */
  get sought(): SoughtStructures {
    return { descriptions: this.structures.descriptions, interpretations: this.#interpretations };
  }

  /** Takes a place for a structure from now on, in this editor; null: for what is recognised there. */
  interpret({ view, byteOffset }: BytePlace, description: StructureDescription | null): void {
    const others = this.#interpretations.filter(
      (each) => each.view !== view || each.byteOffset !== byteOffset,
    );
    this.#interpretations = description ? [...others, { view, byteOffset, description }] : others;
    this.#showStructures();
  }

  /** Says in the page what a command did. */
  say(message: string): void {
    this.#post({ type: 'said', message: printable(message) });
  }

  /** Goes to a place: now, or as soon as the page is ready and there is something to show. */
  reveal(reveal: Reveal, takesFocus: boolean): void {
    if (this.#isReady && this.document.failure === null) this.#post({ type: 'reveal', reveal, takesFocus });
    else this.#reveal = reveal;
  }

  /** Has the page run a command. */
  run(command: UiCommand): void {
    this.#post({ type: 'command', command });
  }

  /** Puts the selection on the clipboard. */
  async copy(format: ClipboardFormat): Promise<void> {
    const selection = this.#selection;
    if (!selection) return;
    const { view, start, end } = selection;
    const { signal } = new AbortController();
    const request = { kind: 'copy', view, format, start, end } as const;
    await answerRequest(this.document, request, { signal }, this.sought);
  }

  /** What it is compared with another editor by, or null. */
  get link(): EditorLink | null {
    return this.#link;
  }

  /** Is compared with another editor from now on, or (null) with none. */
  join(link: EditorLink | null): void {
    this.#link = link;
    this.showComparison();
    this.readAgain(null, null);
  }

  /** Tells the page how the comparison goes. */
  showComparison(): void {
    this.#post({ type: 'comparison', comparison: this.#link?.stateFor(this) ?? null });
  }

  /** Has the page read sectors again: what differs in them may be something else now. */
  readAgain(view: ViewId | null, ranges: readonly (readonly [first: number, count: number])[] | null): void {
    if (this.#isReady) this.#changes.add(view, ranges);
  }

  /** Scrolls to where the other editor of a comparison is. */
  scrollTo(view: ViewId, sector: number, millionths: number): void {
    this.#post({ type: 'scrollTo', view, sector, millionths });
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#link?.end();
    this.#pause();
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  /** Called when the page is gone: nothing is sent until another one is ready. */
  #pause(): void {
    this.#isReady = false;
    this.#changes.clear();
    this.#requests.drop();
  }

  async #answer(request: Request, options: SearchOptions): Promise<unknown> {
    const { document, bookmarks } = this;
    switch (request.kind) {
      case 'command':
        return this.#runHeld(request.command);
      case 'locate': {
        const { source, uri } = document;
        return locate({ source, bookmarks, uri: uri.toString() }, request.view, request.target);
      }
      default: {
        const answer = await answerRequest(document, request, options, this.sought);
        return this.#link ? this.#link.answer(this, request, answer, options.signal) : answer;
      }
    }
  }

  /** Runs a command that VS Code applies to the active editor; nothing if that is another one by now. */
  async #runHeld(command: HeldCommand): Promise<null> {
    if (this.isActive) await vscode.commands.executeCommand(HELD_COMMANDS[command]);
    return null;
  }

  #receive(message: unknown): void {
    if (!isToExtension(message)) return;
    switch (message.type) {
      case 'ready':
        // An editor that is moved to another group gets a new page without having been hidden.
        this.#pause();
        this.#isReady = true;
        this.#showDisplay();
        this.#showBookmarks();
        this.#show(this.panel.active);
        void this.#recognizeSectorSize();
        break;
      case 'request':
        void this.#requests.take(message.id, message.request);
        break;
      case 'cancel':
        this.#requests.cancel(message.id);
        break;
      case 'selection':
        this.#selection = message.selection;
        break;
      case 'retry':
        void this.document.open();
        break;
      case 'refresh':
        void this.document.refresh();
        break;
      case 'pasteAs':
        void vscode.commands.executeCommand(editorCommands.pasteAs);
        break;
      case 'openAsText':
        void openText(this.document.uri.fsPath);
        break;
      case 'actOnNotice':
        void this.#act(message.action);
        break;
      case 'scrolled':
        this.#link?.scrolled(this, message.view, message.sector, message.millionths);
        break;
      case 'compare':
        this.#link?.act(message.act);
        break;
      case 'setDisplay':
        void this.#setDisplay(message.display);
        break;
    }
  }

  /** Has the page ask for structures again: no bytes changed, and what they mean may have. */
  #showStructures(): void {
    this.#post({ type: 'changed', view: null, ranges: [] });
  }

  #act(action: NoticeAction): Thenable<unknown> {
    if (action === 'manageTrust') return vscode.commands.executeCommand(builtIn.manageTrust);
    const { subject, uri } = this.document;
    const { deviceKey } = subject;
    const shown = deviceKey === null ? { imagePath: uri.fsPath } : { deviceKey };
    const origin: TreeReference = { treeReference: true, ...shown };
    const command = action === 'resume' ? commands.resume : uiCommands[action];
    return vscode.commands.executeCommand(command, origin);
  }

  #showDisplay(): void {
    this.#post({ type: 'display', display: { ...readDisplay(), sectorSize: this.#sectorSize } });
  }

  #showBookmarks(): void {
    const bookmarks = this.bookmarks
      .of(this.document.uri.toString())
      .map(({ view, byteOffset, name }) => ({ view, byteOffset, name: printable(name) }));
    this.#post({ type: 'bookmarks', bookmarks });
  }

  get #sectorSize(): SectorSize {
    return this.sectorSizes.of(this.document.uri.toString()) ?? this.#recognizedSize;
  }

  /** Looks where a GPT stands, unless the person chose a sector size. A disk that can't be read counts as usual. */
  async #recognizeSectorSize(): Promise<void> {
    const { document } = this;
    if (document.failure !== null || this.sectorSizes.of(document.uri.toString()) !== undefined) return;
    const { id, byteCount } = document.source.views[0]!;
    const { signal } = new AbortController();
    const read = async (first: number, count: number) =>
      (await document.edits.read(id, first, count, signal)).bytes;
    const size = await recognizedSectorSize(Math.floor(byteCount / SECTOR_SIZE), read).catch(
      () => DEFAULT_DISPLAY.sectorSize,
    );
    if (size === this.#recognizedSize) return;
    this.#recognizedSize = size;
    this.#showDisplay();
  }

  /** A setting that can't be written is said, and the page shows again what is set. */
  async #setDisplay(display: Display): Promise<void> {
    try {
      const { sectorSize, ...chosen } = display;
      if (sectorSize !== this.#sectorSize) {
        await this.sectorSizes.choose(this.document.uri.toString(), sectorSize);
      }
      await writeDisplay(chosen);
    } catch (error) {
      this.#showDisplay();
      void complain(describeError(error).message);
    }
  }

  /** Tells the page what there is to show, or why there is nothing. Only a new page takes the focus from other parts. */
  #show(takesFocus: boolean): void {
    if (!this.#isReady) return;
    const { document } = this;
    if (document.failure !== null) {
      this.#post({
        type: 'failed',
        message: printable(document.failure),
        comesBack: document.comesBack,
        canOpenAsText: document.subject.deviceKey !== null,
      });
      return;
    }
    const { views, notice, noticeActions } = document.source;
    this.#post({
      type: 'opened',
      views: views.map(asShown),
      notice: notice && printable(notice),
      noticeActions,
      reveal: this.#reveal,
      takesFocus,
    });
    this.#reveal = null;
    this.#link?.opened(this);
  }

  /** Resolves to true when the message has arrived, to false if there is no page to send it to. */
  #post(message: ToPage): PromiseLike<boolean> {
    return this.#isReady ? this.panel.webview.postMessage(message) : Promise.resolve(false);
  }
}

function asShown(view: ViewInfo): ViewInfo {
  const { description, readOnlyReason } = view;
  return {
    ...view,
    description: printable(description),
    readOnlyReason: readOnlyReason && printable(readOnlyReason),
  };
}
