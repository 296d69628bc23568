import { type Checked, natural, shape, text } from './check';
import { isViewId } from './origin';

/** A byte of a view under a name. */
export const namedPlace = shape({ view: isViewId, byteOffset: natural, name: text });
export type NamedPlace = Checked<typeof namedPlace>;
