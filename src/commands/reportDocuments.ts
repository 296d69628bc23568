import * as vscode from 'vscode';
import { commandLink } from '../contract/foreignText';
import { SECTORS_IN, sectorLinks } from '../contract/reportLinks';
import { deviceKeyOf } from '../devices/writePolicy';
import { printable, type RemapDevice } from '../engine';
import type { TreeReference } from '../frame/treeReference';
import { commands } from '../manifest';

const SCHEME = 'remap-report';

/** A report, and what its sectors lead to. */
export interface Report {
  /** Names the device or image, and what is reported of it. */
  readonly title: string;
  readonly text: string;
  /** Absent: no sector of it is a link. */
  readonly links?: {
    /** The device or image whose sectors they are. */
    readonly subject: Pick<TreeReference, 'deviceKey' | 'imagePath'>;
    /** One of `SECTORS_IN`. */
    readonly pattern: RegExp;
  };
}

/** Lets the sectors of a device's report lead to them. */
export function linksOf({ spec }: RemapDevice, kind: keyof typeof SECTORS_IN): NonNullable<Report['links']> {
  return { subject: { deviceKey: deviceKeyOf(spec) }, pattern: SECTORS_IN[kind] };
}

/** Shows what commands found as read-only texts, each in an editor of its own, whose sectors open the sector editor. */
export class ReportDocuments
  implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider, vscode.Disposable
{
  readonly #reports = new Map<string, Report>();
  readonly #change = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#change.event;
  readonly #disposables = [
    this.#change,
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
    vscode.languages.registerDocumentLinkProvider({ scheme: SCHEME }, this),
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      if (uri.scheme === SCHEME) this.#reports.delete(uri.path);
    }),
  ];

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#reports.get(uri.path)?.text ?? '';
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    const links = this.#reports.get(document.uri.path)?.links;
    if (!links) return [];
    const { subject, pattern } = links;
    return sectorLinks(document.getText(), pattern).map(({ line, column, length, sector, view }) => {
      const place = subject.imagePath === undefined ? { sector, view } : { sector };
      const target = commandLink(commands.openSectors, [{ treeReference: true, ...subject }, place]);
      const link = new vscode.DocumentLink(
        new vscode.Range(line, column, line, column + length),
        vscode.Uri.parse(target),
      );
      link.tooltip = `Open ${view === 'device' ? 'sector' : `${view} sector`} ${sector}`;
      return link;
    });
  }

  /** Shows a report; one that is shown under the same title is replaced. */
  async show({ title, text, ...more }: Report): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${printable(title).replaceAll('/', '-')}` });
    this.#reports.set(uri.path, { title, text: text.split('\n').map(printable).join('\n'), ...more });
    this.#change.fire(uri);
    await vscode.window.showTextDocument(uri, { preview: true });
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }
}
