import * as vscode from 'vscode';
import { printable } from '../engine';
import { commands } from '../manifest';
import { type NodeIcon, spokenOf, type TreeNode } from './treeNode';

/** Changes come in bursts and a refresh takes time: refreshes follow each other no faster than this. */
const REFRESH_AFTER_MS = 150;

/** Gives VS Code the items of a view. What they say is plain text, whatever it holds: it is never Markdown. */
export class NodeProvider implements vscode.TreeDataProvider<TreeNode>, vscode.Disposable {
  readonly #change = new vscode.EventEmitter<TreeNode[] | undefined>();
  readonly onDidChangeTreeData = this.#change.event;
  readonly #stale = new Set<TreeNode>();
  #isAllStale = false;
  #timer: NodeJS.Timeout | undefined;

  /** @param isRearranged whether the top items are others than were given, or in another order: then all are refreshed */
  constructor(
    private readonly roots: () => TreeNode[] | Promise<TreeNode[]>,
    private readonly isRearranged: () => boolean = () => false,
  ) {}

  getTreeItem(node: TreeNode): vscode.TreeItem {
    const look = node.look();
    const { label, description, icon, contextValue, opens, runs } = look;
    const item = new vscode.TreeItem(printable(label), collapsibleState(node));
    item.id = node.id;
    if (description !== undefined) item.description = printable(description);
    if (icon) item.iconPath = themeIcon(icon);
    if (contextValue !== undefined) item.contextValue = contextValue;
    item.accessibilityInformation = { label: printable(spokenOf(look)) };
    if (opens) item.command = { command: commands.openSectors, title: 'Open Sectors', arguments: [...opens] };
    if (runs) item.command = { ...runs, arguments: [...(runs.arguments ?? [])] };
    return item;
  }

  resolveTreeItem(item: vscode.TreeItem, node: TreeNode): vscode.TreeItem {
    item.tooltip = node.look().tooltip().map(printable).join('\n');
    return item;
  }

  getChildren(node?: TreeNode): TreeNode[] | Promise<TreeNode[]> {
    return node ? (node.children?.() ?? []) : this.roots();
  }

  getParent(node: TreeNode): TreeNode | undefined {
    return node.parent;
  }

  /** Refreshes an item, or the whole view, soon; calls until then make one refresh. */
  refresh(node?: TreeNode): void {
    if (node) this.#stale.add(node);
    else this.#isAllStale = true;
    this.#timer ??= setTimeout(() => this.flush(), REFRESH_AFTER_MS);
  }

  /** Refreshes now what {@link refresh} was called for; nothing if that is done. */
  flush(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    const stale = this.#isAllStale || this.isRearranged() ? undefined : [...this.#stale];
    this.#stale.clear();
    this.#isAllStale = false;
    this.#timer = undefined;
    this.#change.fire(stale);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#change.dispose();
  }
}

function collapsibleState(node: TreeNode): vscode.TreeItemCollapsibleState {
  if (!node.children) return vscode.TreeItemCollapsibleState.None;
  return node.isOpen?.()
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}

function themeIcon({ id, color }: NodeIcon): vscode.ThemeIcon {
  return new vscode.ThemeIcon(id, color === undefined ? undefined : new vscode.ThemeColor(color));
}
