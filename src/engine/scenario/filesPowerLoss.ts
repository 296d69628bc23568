import { basename, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { randomInteger } from '../block/random';
import { checkFileSystem, checkTree, type FileSystemRig, unwrittenOf, withFileSystem } from './fileSystemRig';
import type { FileSystemKind } from './fileSystems';
import { missingFor } from './missing';
import { linesOf, type RunningProgram } from './programs';
import type { Scenario } from './scenario';
import { asRuns, healUnwritten, scatteredIn } from './wornSectors';

const ROUNDS = 3;
const UNWRITTEN_SPACING = 256;
/** The power goes once so many files are durable, and up to as many more. */
const MIN_FILES = 10;
const LIMIT_MS = 60_000;
const LOOK_MS = 5;

/** Copies files one by one, and names each that is durable. */
const COPY_DURABLY = `mkdir -p "$3"; sync "$1"
for source in "$2"/*/*; do
  target="$3/$(basename "$(dirname "$source")")-$(basename "$source")"
  dd if="$source" of="$target" conv=fsync status=none
  sync "$3"
  echo "$target"
done`;

/**
 * Commits rows one by one, and prints each that is durable. With less than `EXTRA` a database may forget its last commit:
 * the removal of its journal is not flushed. Nor is it where the folder can't be opened any more, as when the power goes
 * right then, and SQLite takes that for a success: so the folder is flushed here as well.
 */
const COMMIT_ROWS = `i=$2
while :; do
  i=$((i+1))
  sqlite3 -bail "$1/work.db" "PRAGMA synchronous=EXTRA; INSERT INTO t VALUES($i);"
  sync "$1"
  echo $i
done`;

/** Keeps the file system busy with writes that are not durable when the power goes. */
const WRITE_VOLATILE =
  'while :; do rm -rf "$1/volatile"; mkdir "$1/volatile"; tar -C "$1/volatile" -xf "$2"; done';

export function filesPowerLossScenario(kind: FileSystemKind): Scenario {
  return {
    name: `${kind.name}-power-loss`,
    title: `${kind.title} and a power loss amid writes`,
    objective: `Cut the power while programs write to a mounted ${kind.title}, mount it again, and verify that its journal is replayed, its checker finds no error, and every file that was made durable is there.`,
    proves: [
      'A flush that a file system waits for is durable through nbdfuse, the export, the remap table and both images',
      `${kind.title} recovers by its journal alone, with bad sectors under it`,
    ],
    doesNotProve: ['Every possible point: the crash tests of the engine cut after every single write'],
    missing: () => missingFor(kind),
    run: (bench) => withFileSystem(bench, kind, losePower),
  };
}

async function losePower(rig: FileSystemRig): Promise<void> {
  const { bench, kind, mounted, tree } = rig;
  await tree.buildOn(mounted, 'first');
  await mounted.run('sqlite3', [join(mounted.root, 'work.db'), 'CREATE TABLE t(i INTEGER);']);
  await wearIn(rig);
  let [replays, rows] = [0, 0];
  for (let round = 1; round <= ROUNDS; round++) {
    const bad = kind.replayReadsUnwritten ? [] : await scatterBad(rig);
    const durable = await cutPower(rig, round, rows);
    rows = Math.max(rows, durable.rows);
    if (await mounted.hasJournal()) replays++;
    bench.step(`Mount, compare, unmount and check (${round} of ${ROUNDS})`);
    await mounted.mount();
    await checkDurable(rig, durable);
    await checkTree(rig, 'first', `after power loss ${round}`);
    rows = await rowCount(rig);
    // Its checker reads what was never written, too.
    await healUnwritten(bench.device(), bad);
    await mounted.unmount();
    await checkFileSystem(rig);
    if (round < ROUNDS) await mounted.mount();
  }
  bench.check(replays > 0, `Mounting replayed a journal after ${replays} of ${ROUNDS} power losses`);
  bench.note(`${bench.device().info().remaps} sectors are remapped in the end`);
  bench.recordStatus('After the last power loss');
}

/** Makes sectors fail where nothing was written yet. */
async function scatterBad(rig: FileSystemRig): Promise<number[]> {
  const bad = scatteredIn(await unwrittenOf(rig), UNWRITTEN_SPACING, rig.random);
  await rig.bench.device().injectErrors({ sectors: asRuns(bad) });
  return bad;
}

/** Has sectors remapped whose room is used again later. */
async function wearIn(rig: FileSystemRig): Promise<void> {
  const { bench, kind, mounted, tree } = rig;
  bench.step('Make sectors fail where nothing was written yet; write a tree there and remove it');
  const bad = await scatterBad(rig);
  await tree.buildOn(mounted, 'removed');
  await mounted.shell('rm -r "$1/removed"; sync --file-system "$1"');
  const { remaps } = bench.device().info();
  bench.check(remaps > 0, `${remaps} of ${bad.length} bad sectors were written and remapped`);
  await healUnwritten(bench.device(), bad);
  if (!kind.replayReadsUnwritten) return;
  bench.note(
    `No others are bad: ${kind.title} can't replay its journal to a bad sector that was never written`,
  );
}

/** What programs were told is durable. */
interface Durable {
  readonly files: readonly string[];
  readonly rows: number;
}

/** Cuts the power amid writes, and attaches the device as it comes back. */
async function cutPower(rig: FileSystemRig, round: number, rowsBefore: number): Promise<Durable> {
  const { bench, mounted, tree, random } = rig;
  const count = MIN_FILES + randomInteger(random, MIN_FILES);
  bench.step(`Write files and rows, cut the power once ${count} files are durable (${round} of ${ROUNDS})`);
  mounted.startShell(WRITE_VOLATILE, tree.archive);
  const rows = mounted.startShell(COMMIT_ROWS, String(rowsBefore));
  const files = mounted.startShell(COPY_DURABLY, tree.folder, join(mounted.root, `durable-${round}`));
  await untilLines(rig, files, count);
  const { spec } = bench.device();
  await bench.reboot({ powerLoss: true, seed: bench.settings.seed + round }, [spec.main, ...spec.spares]);
  await mounted.detach();
  await mounted.attach();
  return {
    files: linesOf(files.output.stdout),
    rows: Number(linesOf(rows.output.stdout).at(-1) ?? rowsBefore),
  };
}

async function untilLines({ bench }: FileSystemRig, program: RunningProgram, count: number): Promise<void> {
  const limit = performance.now() + LIMIT_MS;
  while (linesOf(program.output.stdout).length < count) {
    bench.throwIfCancelled();
    const hasEnded = program.child.exitCode !== null;
    if (hasEnded || performance.now() > limit)
      bench.check(false, `The files are written: ${program.output.stderr}`);
    await sleep(LOOK_MS);
  }
}

async function checkDurable(
  { bench, mounted, tree }: FileSystemRig,
  { files, rows }: Durable,
): Promise<void> {
  const { stdout } = await mounted.shellEnd('shift; sha256sum "$@"', ...files);
  const found = new Map(linesOf(stdout).map((line) => [line.slice(66), line.slice(0, 64)]));
  const lost = files.filter((file) => found.get(file) !== tree.sumOf(sourceOf(file)));
  const examples = lost.slice(0, 3).map((file) => basename(file));
  bench.check(
    lost.length === 0,
    `${files.length - lost.length} of ${files.length} files that were durable are there` +
      (lost.length > 0 ? `; not ${examples.join(', ')}` : ''),
  );
  const kept = await rowCount({ mounted });
  bench.check(kept >= rows, `${kept} rows of the database are there, ${rows} were durable`);
}

/** The last row, of a database that is whole. */
async function rowCount({ mounted }: Pick<FileSystemRig, 'mounted'>): Promise<number> {
  const query = 'PRAGMA integrity_check; SELECT coalesce(max(i), 0) FROM t;';
  const [verdict, last] = (await mounted.run('sqlite3', [join(mounted.root, 'work.db'), query])).split('\n');
  return verdict === 'ok' ? Number(last) : -1;
}

/** The file of the tree that was copied under this name. */
function sourceOf(file: string): string {
  return basename(file).replace(/^(folder-\d+)-/, '$1/');
}
