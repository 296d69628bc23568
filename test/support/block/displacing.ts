import {
  linkSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Need } from '../needs';

/** What another program may do to an image while it is open. */
export interface Displacing {
  readonly name: string;
  readonly displace: (path: string) => void;
  /** What the reason says. */
  readonly reason: RegExp;
  /** What the machine must allow for it. */
  readonly needs: readonly Need[];
}

/** The ways in which the file at an image's path is no longer the one that is open, or is shorter than it was. */
export const DISPLACINGS: readonly Displacing[] = [
  { name: 'deleted', needs: ['openFilesGo'], displace: unlinkSync, reason: /was deleted while it was open/ },
  {
    name: 'moved away',
    displace: (path) => renameSync(path, `${path}.away`),
    reason: /was moved away while it was open/,
    needs: [],
  },
  {
    name: 'replaced by rename',
    displace: (path) => {
      writeFileSync(`${path}.new`, 'another file');
      renameSync(`${path}.new`, path);
    },
    reason: /was replaced by another file/,
    needs: ['openFilesGo'],
  },
  {
    name: 'deleted while another name keeps it',
    displace: (path) => {
      linkSync(path, `${path}.link`);
      unlinkSync(path);
    },
    reason: /was moved away while it was open/,
    needs: ['openFilesGo'],
  },
  {
    name: 'replaced by a link that leads nowhere',
    displace: (path) => {
      renameSync(path, `${path}.away`);
      symlinkSync(`${path}.nowhere`, path);
    },
    reason: /was moved away while it was open/,
    needs: ['symlinks'],
  },
  {
    name: 'in a folder that a file replaced',
    displace: (path) => {
      const folder = dirname(path);
      renameSync(folder, `${folder}.away`);
      writeFileSync(folder, '');
    },
    reason: /was moved away while it was open/,
    needs: [],
  },
  {
    name: 'shortened',
    displace: (path) => truncateSync(path, 4096),
    reason: /was shortened from \d+ to 4096 bytes/,
    needs: [],
  },
];

/** A path for an image in a folder of its own, which may go with it. */
export function nestedPath(path: string): string {
  const folder = `${path}.folder`;
  mkdirSync(folder);
  return join(folder, basename(path));
}
