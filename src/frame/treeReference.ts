import { isObject } from '../contract/typeGuards';

/** What an item of our views tells a command that was called from it. */
export interface TreeReference {
  readonly treeReference: true;
  readonly deviceKey?: string;
  readonly moduleName?: string;
  readonly imagePath?: string;
}

export function isTreeReference(value: unknown): value is TreeReference {
  return isObject(value) && value.treeReference === true;
}
