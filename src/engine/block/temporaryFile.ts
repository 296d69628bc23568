import { randomBytes } from 'node:crypto';
import { basename, dirname, join } from 'node:path';
import { doors } from '../outside/doors';

/**
 * A name for a file that is written beside `path`, and then takes its place or goes. It is hidden, different each time, and
 * tells the process that writes it from all others.
 */
export function temporaryPathFor(path: string): string {
  const { host } = doors;
  const startTime = host.process(host.pid)?.startTime ?? 0;
  const name = basename(path).replace(/^\.?/, '.');
  return join(dirname(path), `${name}.${host.pid}-${startTime}-${randomBytes(6).toString('hex')}.tmp`);
}
