import type { TreeReference } from '../frame/treeReference';

/** A symbol of VS Code's own, in one of the theme's colours. */
export interface NodeIcon {
  readonly id: string;
  readonly color?: string;
}

/** What an item looks like; plain data, so that what the views show can be tested without them. */
export interface NodeLook {
  readonly label: string;
  readonly description?: string;
  readonly icon?: NodeIcon;
  /** Which menus the item has. */
  readonly contextValue?: string;
  /** What a screen reader says in place of label and description. */
  readonly spoken?: string;
  /** Markdown, made when somebody asks for it. */
  readonly tooltip?: () => string;
  /** Opens the sector editor: the arguments of its command. */
  readonly opens?: readonly [
    reference: string,
    options?: { readonly sector?: number; readonly view?: string },
  ];
}

/** An item of a view. */
export interface TreeNode extends TreeReference {
  /** Unique in its view, and the same after a refresh. */
  readonly id: string;
  readonly parent: TreeNode | undefined;
  /** Whether the item shows its children from the start. */
  isOpen?(): boolean;
  look(): NodeLook;
  /** Absent: the item can't be opened. */
  children?(): TreeNode[] | Promise<TreeNode[]>;
}

export const icons = {
  good: { id: 'pass', color: 'testing.iconPassed' },
  bad: { id: 'error', color: 'testing.iconFailed' },
  unknown: { id: 'circle-outline', color: 'testing.iconUnset' },
  warning: { id: 'warning', color: 'list.warningForeground' },
} as const satisfies Record<string, NodeIcon>;

/** Makes an item below another: it stands for the same device. */
export function childOf(
  parent: TreeNode,
  name: string,
  look: NodeLook | (() => NodeLook),
  children?: (self: TreeNode) => TreeNode[] | Promise<TreeNode[]>,
): TreeNode {
  const node: TreeNode = {
    treeReference: true,
    ...(parent.deviceKey !== undefined && { deviceKey: parent.deviceKey }),
    id: `${parent.id}/${name}`,
    parent,
    look: typeof look === 'function' ? look : () => look,
    ...(children && { children: () => children(node) }),
  };
  return node;
}

/** Label and value as an item. */
export function fact(parent: TreeNode, label: string, description: string, icon?: NodeIcon): TreeNode {
  return childOf(parent, label, {
    label,
    description,
    spoken: `${label}: ${description}`,
    ...(icon && { icon }),
  });
}
