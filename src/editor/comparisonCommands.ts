import * as vscode from 'vscode';
import { formatSize, plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { RemapError } from '../engine';
import { runDialog } from '../frame/dialog';
import { isTreeReference } from '../frame/treeReference';
import { contextKeys, type editors } from '../manifest';
import { type Direction, SECTOR_SIZE } from '../shared/protocol';
import {
  askFirst,
  askPair,
  deviceSide,
  imageSide,
  type Pair,
  type SideToOpen,
  sessionSide,
} from './comparisonSides';
import { LinkedEditors, type LinkedSide } from './linkedEditors';
import type { SectorEditorProvider } from './provider';
import type { EditorSession } from './session';

const TITLE = 'Compare Side by Side';
/** So many differences are listed. */
const MAX_LISTED = 5000;

type Providers = Readonly<Record<(typeof editors)[keyof typeof editors], SectorEditorProvider>>;

/** The comparisons of two sector editors side by side. */
export class EditorComparisons {
  readonly #linked = new Set<LinkedEditors>();

  constructor(
    private readonly devices: DevicesService,
    private readonly providers: Providers,
    private readonly active: () => EditorSession | null,
  ) {}

  /** Compares what a command was called from, or the active editor's view, or what a person chooses, with another side. */
  async compare(origin: unknown): Promise<void> {
    await this.devices.ready();
    const pair = await runDialog(
      TITLE,
      async (dialog) => {
        const called = this.#sideOf(origin);
        const session = called ? null : this.active();
        const first =
          called ?? (session ? sessionSide(session, this.devices) : await askFirst(this.devices, dialog));
        return askPair(this.devices, dialog, first, session);
      },
      1,
    );
    if (pair) await this.#open(pair);
  }

  /** Compares two files that are selected in the Explorer. */
  async compareSelected(selected: unknown): Promise<void> {
    const files = Array.isArray(selected) ? selected.filter((uri) => uri instanceof vscode.Uri) : [];
    if (files.length !== 2) throw new RemapError('EINVAL', 'select two images to compare them');
    const [first, second] = files.map(({ fsPath }) => imageSide(fsPath)) as [SideToOpen, SideToOpen];
    await this.#open({ first, second, session: null });
  }

  /** Goes to the next or previous difference in both editors. */
  async step(direction: Direction): Promise<void> {
    const [session, linked] = this.#activePair;
    if (!session || !linked) return;
    const found = linked.nearest(session, direction);
    if (found) await linked.goTo(session, found[0]);
    else session.say(noneWords(linked, direction));
  }

  /** Has a person choose one of the differences, and goes there in both editors. */
  async list(): Promise<void> {
    const [session, linked] = this.#activePair;
    if (!session || !linked) return;
    const runs = linked.scan.differences.first(MAX_LISTED);
    if (runs.length === 0) {
      session.say(noneWords(linked, 'next'));
      return;
    }
    const own = linked.sides.find((side) => side.session === session)!;
    const choices = runs.map(([first, count]) => ({
      label: rangeWords(own.firstSector + first, count),
      description: `${plural(count, 'sector')}, ${formatSize(count)}`,
      value: first,
    }));
    const { runs: total } = linked.scan.differences.counts;
    const title = total > runs.length ? `Difference (the first ${runs.length} of ${total})` : 'Difference';
    const chosen = await runDialog('Go to Difference', (dialog) => dialog.choice(title, choices));
    if (chosen !== undefined) await linked.goTo(session, chosen);
  }

  /** Tells the menus whether the active editor is compared with another one. */
  tellContext(): void {
    void vscode.commands.executeCommand(
      'setContext',
      contextKeys.isComparing,
      this.#activePair[1] !== undefined,
    );
  }

  get #activePair(): readonly [EditorSession | null, LinkedEditors | undefined] {
    const session = this.active();
    const linked = [...this.#linked].find(({ sides }) => sides.some((side) => side.session === session));
    return [session, linked];
  }

  #sideOf(origin: unknown): SideToOpen | null {
    if (origin instanceof vscode.Uri) return imageSide(origin.fsPath);
    if (!isTreeReference(origin)) return null;
    if (origin.imagePath !== undefined) return imageSide(origin.imagePath);
    const { name, deviceKey } = this.devices.find(origin);
    return deviceSide(deviceKey, name);
  }

  /** Shows both sides in editors beside each other, and links these. */
  async #open({ first, second, session }: Pair): Promise<void> {
    const one = session ?? (await this.#openIn(first, {}, null));
    const beside = { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true };
    const other = await this.#openIn(second, beside, one);
    const sides = [linkedSide(first, one), linkedSide(second, other)] as const;
    for (const side of sides) {
      const byteOffset = side.firstSector === 0 ? null : side.firstSector * SECTOR_SIZE;
      side.session.reveal({ view: side.view, byteOffset }, side.session === one);
    }
    const linked = new LinkedEditors(sides, () => {
      this.#linked.delete(linked);
      this.tellContext();
    });
    this.#linked.add(linked);
    this.tellContext();
  }

  #openIn(
    { uri, editor }: SideToOpen,
    column: vscode.TextDocumentShowOptions,
    besides: EditorSession | null,
  ): Promise<EditorSession> {
    return this.providers[editor].open(uri, editor, column, besides);
  }
}

/** @throws an error that says why the document has nothing to show */
function linkedSide(side: SideToOpen, session: EditorSession): LinkedSide {
  const { document } = session;
  const view = side.view ?? document.source.views[0]!.id;
  const { firstSector, sectorCount, name } = side;
  return { session, document, view, firstSector, sectorCount, name };
}

function noneWords({ scan }: LinkedEditors, direction: Direction): string {
  const what = scan.differences.counts.runs === 0 ? 'No difference' : `No ${direction} difference`;
  return scan.state === 'done' ? `${what}.` : `${what} in what is compared so far.`;
}

function rangeWords(first: number, count: number): string {
  return count === 1 ? `Sector ${first}` : `Sectors ${first} to ${first + count - 1}`;
}
