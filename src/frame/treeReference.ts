import { isObject } from '../contract/typeGuards';
import type { DiskPart } from '../engine';

/** What an item of our views passes to a command that is called from it: the device, module or image that it shows. */
export interface TreeReference {
  readonly treeReference: true;
  readonly deviceKey?: string;
  /** The sector of the device that an item is about. */
  readonly sector?: number;
  /** The sectors of a disk of the device that an item is about. */
  readonly part?: DiskPart;
  /** The address of the export that an item is about. */
  readonly exportUri?: string;
  /** The file that an item is about, in a volume of the device or image. */
  readonly file?: { readonly path: string; readonly volume: number };
  readonly moduleName?: string;
  readonly imagePath?: string;
}

export function isTreeReference(value: unknown): value is TreeReference {
  return isObject(value) && value.treeReference === true;
}
