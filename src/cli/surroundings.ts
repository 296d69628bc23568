import type { Readable } from 'node:stream';
import type { Task } from '../contract/task';
import type { Terminal } from './terminal';

/** What a verb works with. */
export interface Surroundings {
  readonly terminal: Terminal;
  readonly input: Readable;
  /** Its signal is aborted by Ctrl+C. */
  readonly task: Task;
}
