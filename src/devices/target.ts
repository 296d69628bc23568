import { isObject } from './deviceContent';

/** What an item of our views tells a command that was called from it. */
export interface TreeTarget {
  readonly treeTarget: true;
  readonly deviceKey?: string;
  readonly moduleName?: string;
  readonly imagePath?: string;
}

export function isTreeTarget(value: unknown): value is TreeTarget {
  return isObject(value) && value.treeTarget === true;
}
