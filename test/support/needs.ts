import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join, sep } from 'node:path';

/** What tests need of the machine that isn't on every one: how a skipped test calls it, and whether it is here. */
const NEEDS = {
  symlinks: { text: 'symbolic links', isHere: followsLinks },
  modes: { text: 'permissions that chmod sets', isHere: () => process.geteuid !== undefined },
  root: { text: 'to run as root', isHere: () => process.geteuid?.() === 0 },
  posixPaths: { text: 'POSIX paths', isHere: () => sep === '/' },
  posixErrors: {
    text: "a file system's errors as POSIX names them",
    isHere: () => process.platform !== 'win32',
  },
  bash: { text: 'bash', isHere: () => spawnSync('bash', ['--version']).status === 0 },
  posixPrograms: { text: 'a POSIX shell and its programs', isHere: () => process.platform !== 'win32' },
  proc: { text: '/proc', isHere: () => process.platform === 'linux' && fs.existsSync('/proc/self/stat') },
  openFilesGo: { text: 'open files that can be deleted and replaced', isHere: openFilesGo },
  smallDisks: { text: 'the right to mount a small file system', isHere: mounts },
  askedHoles: {
    text: 'files whose holes can be asked for',
    isHere: () => process.platform !== 'win32' && fs.existsSync('/usr/bin/perl'),
  },
  unixSockets: { text: 'Unix domain sockets', isHere: () => process.platform !== 'win32' },
  namedPipes: { text: 'named pipes of Windows', isHere: () => process.platform === 'win32' },
} as const satisfies Record<string, { readonly text: string; readonly isHere: () => boolean }>;

export type Need = keyof typeof NEEDS;

/** What a skipped test says that it needs; test/README.md lists these. */
export const needTexts: readonly string[] = Object.values(NEEDS).map(({ text }) => text);

const found = new Map<Need, boolean>();

/** Whether this machine has it. */
export function isHere(need: Need): boolean {
  if (!found.has(need)) found.set(need, NEEDS[need].isHere());
  return found.get(need)!;
}

/** Skips the running test, or in a hook the tests of its `describe`, where one of these is missing, and says which. */
export function need(context: Mocha.Context, ...needs: readonly Need[]): void {
  const missing = needs.find((each) => !isHere(each));
  if (missing === undefined) return;
  console.log(`      skipped: needs ${NEEDS[missing].text}`);
  context.skip();
}

/** A test that is skipped where something is missing. */
export function needing(
  needed: Need | readonly Need[],
  test: (this: Mocha.Context) => void | PromiseLike<void>,
): (this: Mocha.Context) => void | PromiseLike<void> {
  return function () {
    need(this, ...[needed].flat());
    return test.call(this);
  };
}

/** Runs a probe in a folder of its own; what throws is not here. */
function probe(run: (folder: string) => boolean): boolean {
  const folder = fs.mkdtempSync(join(tmpdir(), 'remap-probe-'));
  try {
    return run(folder);
  } catch {
    return false;
  } finally {
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  }
}

function followsLinks(): boolean {
  return probe((folder) => {
    fs.writeFileSync(join(folder, 'file'), 'text');
    fs.symlinkSync(join(folder, 'file'), join(folder, 'link'));
    const isLink = fs.lstatSync(join(folder, 'link')).isSymbolicLink();
    return isLink && fs.readFileSync(join(folder, 'link'), 'utf8') === 'text';
  });
}

function openFilesGo(): boolean {
  return probe((folder) => {
    const [path, other] = [join(folder, 'open'), join(folder, 'other')];
    const file = fs.openSync(path, 'w+');
    try {
      fs.writeFileSync(other, '');
      fs.renameSync(other, path);
      fs.unlinkSync(path);
      return !fs.existsSync(path);
    } finally {
      fs.closeSync(file);
    }
  });
}

function mounts(): boolean {
  if (process.platform !== 'linux') return false;
  return probe((folder) => {
    const isMounted = spawnSync('mount', ['-t', 'tmpfs', 'tmpfs', folder]).status === 0;
    if (isMounted) spawnSync('umount', [folder]);
    return isMounted;
  });
}
