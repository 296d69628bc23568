import { childOf, type NodeLook, type TreeNode } from './treeNode';

/** A command that a click runs, with what it is called with, and the name of its icon. */
export type Action = NonNullable<NodeLook['runs']> & { readonly icon: string };

/** The item below a sentence that does what is to be done about it. */
export function actionNode(parent: TreeNode, { icon, ...runs }: Action): TreeNode {
  return childOf(parent, 'action', {
    label: runs.title,
    icon: { id: icon, color: 'textLink.foreground' },
    contextValue: 'action',
    spoken: `${runs.title}, action`,
    tooltip: () => [runs.title],
    runs,
  });
}
