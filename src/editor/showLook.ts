import type { ShowsWork } from '../devices/volumeLook';
import { withProgress } from '../frame/progress';

/** Shows the look at all files of a disk that a question about a sector needs. */
export const showLook: ShowsWork = (work) =>
  withProgress('Looking for the files that own sectors', work, { cancellable: true });
