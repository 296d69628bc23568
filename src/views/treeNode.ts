import type { TreeReference } from '../frame/treeReference';

/** The name of a product icon of VS Code, and of the theme colour that it has. */
export interface NodeIcon {
  readonly id: string;
  readonly color?: string;
}

/** What an item looks like, in plain text. It is plain data, so that tests need no view. */
export interface NodeLook {
  readonly label: string;
  readonly description?: string;
  readonly icon?: NodeIcon;
  /** Decides, by the `when` clauses of package.json, which menus the item has. */
  readonly contextValue?: string;
  /** What a screen reader says; absent: label and description. */
  readonly spoken?: string;
  /** Makes the lines of the tooltip, when it is about to be shown: the item's facts, and what its words mean. */
  readonly tooltip: () => readonly string[];
  /** A click opens the sector editor with these arguments of its command. */
  readonly opens?: readonly [
    reference: string,
    options?: { readonly sector?: number; readonly view?: string },
  ];
  /** A click runs this command, which has a title for screen readers. */
  readonly runs?: {
    readonly command: string;
    readonly title: string;
    readonly arguments?: readonly unknown[];
  };
}

/** An item of a view. */
export interface TreeNode extends TreeReference {
  /** Unique in its view, and the same after a refresh. */
  readonly id: string;
  readonly parent: TreeNode | undefined;
  /** Whether the item shows its children from the start. */
  isOpen?(): boolean;
  /** What the item looks like now. */
  look(): NodeLook;
  /** The items below this one; absent: the item can't be opened. */
  children?(): TreeNode[] | Promise<TreeNode[]>;
}

export const icons = {
  good: { id: 'pass', color: 'testing.iconPassed' },
  bad: { id: 'error', color: 'testing.iconFailed' },
  unknown: { id: 'circle-outline', color: 'testing.iconUnset' },
  warning: { id: 'warning', color: 'list.warningForeground' },
} as const satisfies Record<string, NodeIcon>;

/** Makes an item below another, for the same device. `name` is unique among the items below `parent`. */
export function childOf(
  parent: TreeNode,
  name: string,
  look: NodeLook | (() => NodeLook),
  children?: (self: TreeNode) => TreeNode[] | Promise<TreeNode[]>,
): TreeNode {
  const node: TreeNode = {
    treeReference: true,
    ...(parent.deviceKey !== undefined && { deviceKey: parent.deviceKey }),
    ...(parent.imagePath !== undefined && { imagePath: parent.imagePath }),
    ...(parent.exportUri !== undefined && { exportUri: parent.exportUri }),
    id: `${parent.id}/${name}`,
    parent,
    look: typeof look === 'function' ? look : () => look,
    ...(children && { children: () => children(node) }),
  };
  return node;
}

/** What a screen reader says of an item. */
export function spokenOf({ spoken, label, description }: NodeLook): string {
  return spoken ?? [label, description].filter(Boolean).join(', ');
}
