import { mergeRanges, subtractRanges } from '../block/range';
import { RemapError, type SectorRange } from '../errors';
import { TARGET_NAME } from './status';
import {
  formatDustLine,
  formatErrorLine,
  formatFlakeyLine,
  formatLinearLine,
  formatRemapTable,
} from './table';

/** An image and the medium errors below the stack. */
export interface ShellScriptImage {
  readonly path: string;
  readonly sectorCount: number;
  /** Sectors that always fail, in any order: error segments, which no write heals. */
  readonly badSectors?: readonly SectorRange[];
  /** Sectors that fail until they are written; absent: there are none. */
  readonly dust?: ShellScriptDust;
}

/** A layer of dm-dust over an image, with blocks of one sector. */
export interface ShellScriptDust {
  /** Bad sectors, with how many writes to each fail before one heals it. */
  readonly runs: readonly { readonly sectors: SectorRange; readonly writeFailures: number }[];
  /** False: every request passes, and the list is kept. */
  readonly enabled: boolean;
  readonly quiet: boolean;
}

/** What the script builds: dm-remap over dm-flakey over the medium errors over a loop device over each image. */
export interface ShellScriptStack {
  /** As in /dev/mapper. */
  readonly name: string;
  readonly main: ShellScriptImage;
  readonly spare: ShellScriptImage;
  /** dm-flakey arguments after `<dev> <offset>`, on main; null for a healthy stack without the layer. */
  readonly flakey: string | null;
  /** What the stack has and the script doesn't build: comments at its top, one for each. */
  readonly remarks?: readonly string[];
}

/** dm takes at most 127 characters; the name of a layer is the device's with a suffix. */
const NAME_LIMIT = 100;

/**
 * A Bash script that builds the same stack on a Linux machine with the real module, as root. When a step fails, those
 * before it are undone; with the argument `remove` it takes the stack down, and every loop device of the two images.
 * Paths may hold any character but NUL. Characters of the name that dm would mangle become `_`.
 * @throws RemapError `EINVAL` for a bad sector outside its image, a path with NUL
 */
export function shellScript(stack: ShellScriptStack): string {
  const name = mapperName(stack.name);
  const main = imageSteps(stack.main, 'main', name);
  const spare = imageSteps(stack.spare, 'spare', name);
  const layers = [...main.layers, ...spare.layers];
  const flakey = stack.flakey === null ? [] : [`${name}-flakey`];
  const mainTop = flakey.length > 0 ? `/dev/mapper/${name}-flakey` : main.top;
  return `${[
    ...header(stack, name),
    teardown([...layers, ...flakey, name]),
    ...modules(stack),
    ...main.steps,
    ...spare.steps,
    ...(stack.flakey === null ? [] : flakeyStep(name, stack.main.sectorCount, main.top, stack.flakey)),
    '# dm-remap takes its length from main; on creation the module writes to the spare.',
    ...createSteps(
      name,
      formatRemapTable({ sectorCount: stack.main.sectorCount, mainPath: mainTop, sparePath: spare.top }),
    ),
    'trap - ERR',
    `dmsetup status ${name}`,
  ].join('\n')}\n`;
}

/**
 * One word for a POSIX shell that stands for exactly `text`.
 * @throws RemapError `EINVAL` for NUL, which no argument can hold
 */
export function shellQuote(text: string): string {
  if (text.includes('\0')) throw new RemapError('EINVAL', 'a shell word can not hold NUL');
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** A device's name as dm takes it without mangling. */
export function mapperName(name: string): string {
  const safe = name
    .replace(/[^A-Za-z0-9_.+-]/gu, '_')
    .replace(/^[.-]+/, '_')
    .slice(0, NAME_LIMIT);
  return safe === '' ? 'remap' : safe;
}

function header(stack: ShellScriptStack, name: string): string[] {
  return [
    '#!/bin/bash',
    `# Builds /dev/mapper/${name}: ${TARGET_NAME} over image files. Run as root; "remove" as argument undoes it.`,
    '# The stack writes to the images: run it on copies to keep them.',
    ...[...foreignPaths(stack), ...(stack.remarks ?? [])].map(comment),
    'set -euo pipefail',
    '',
    `main_image=${shellQuote(stack.main.path)}`,
    `spare_image=${shellQuote(stack.spare.path)}`,
    '',
  ];
}

/** A drive, or a share. */
const WINDOWS_PATH = /^(?:[a-z]:[\\/]|\\\\)/i;

function foreignPaths({ main, spare }: ShellScriptStack): string[] {
  const foreign = [main.path, spare.path].filter((path) => WINDOWS_PATH.test(path));
  if (foreign.length === 0) return [];
  return [
    `Paths of Windows, to be replaced by where the images are on the Linux machine: ${foreign.join(' and ')}`,
  ];
}

/** A text as one line of comment: its line ends and other control characters become blanks. */
function comment(text: string): string {
  return `# ${text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ')}`;
}

/** What undoes the stack: for the argument `remove`, and for the steps that went well when one fails. */
function teardown(mappings: readonly string[]): string {
  return `built=()
loops=()
undo() {
  local index loop
  for ((index = \${#built[@]} - 1; index >= 0; index--)); do
    dmsetup remove --retry "\${built[index]}"
  done
  for loop in "\${loops[@]}"; do losetup --detach "$loop"; done
}
if [[ "\${1-}" == remove ]]; then
  for mapping in ${mappings.join(' ')}; do
    if dmsetup info "$mapping" >/dev/null 2>&1; then built+=("$mapping"); fi
  done
  for image in "$main_image" "$spare_image"; do
    mapfile -t -O "\${#loops[@]}" loops < <(losetup --noheadings --output NAME --associated "$image")
  done
  undo
  exit
fi
trap undo ERR
`;
}

function modules(stack: ShellScriptStack): string[] {
  const isDusty = stack.main.dust !== undefined || stack.spare.dust !== undefined;
  return [
    ...(isDusty ? ['modprobe dm-dust'] : []),
    ...(stack.flakey === null ? [] : ['modprobe dm-flakey']),
    `if ! dmsetup targets | grep '^${TARGET_NAME} ' >/dev/null; then`,
    '  modprobe dm-remap || modprobe --all dm-remap-v4-stats dm-remap-v4-real',
    'fi',
    '',
  ];
}

interface ImageSteps {
  readonly steps: string[];
  /** Mappings made, bottom first. */
  readonly layers: string[];
  /** The device that the next layer stands on. */
  readonly top: string;
}

function imageSteps(image: ShellScriptImage, role: 'main' | 'spare', name: string): ImageSteps {
  const loop = `$${role}_loop`;
  const steps = [`${role}_loop=$(losetup --find --show -- "$${role}_image")`, `loops+=("${loop}")`];
  const layers: string[] = [];
  let top = loop;
  const put = (kind: string, stepsOf: (layer: string) => readonly string[]) => {
    const layer = `${name}-${role}-${kind}`;
    for (const step of stepsOf(layer)) steps.push(step);
    layers.push(layer);
    top = `/dev/mapper/${layer}`;
  };
  const bad = mergeRanges(image.badSectors ?? []);
  for (const [first, count] of bad) checkInside(image, first, count);
  if (bad.length > 0) put('medium', (layer) => errorSteps(layer, image, top, bad));
  const { dust } = image;
  if (dust) put('dust', (layer) => dustSteps(layer, image, top, dust));
  return { steps: [...steps, ''], layers, top };
}

function errorSteps(
  layer: string,
  image: ShellScriptImage,
  loop: string,
  bad: readonly SectorRange[],
): string[] {
  const good = subtractRanges([[0, image.sectorCount]], bad);
  const segments = [
    ...good.map(([first, count]) => ({ first, line: formatLinearLine(first, count, loop, first) })),
    ...bad.map(([first, count]) => ({ first, line: formatErrorLine(first, count) })),
  ].sort((a, b) => a.first - b.first);
  return [`dmsetup create ${layer} <<EOF`, ...segments.map(({ line }) => line), 'EOF', builtStep(layer)];
}

/** dm-dust begins disabled, verbose, and with an empty list. */
function dustSteps(
  layer: string,
  image: ShellScriptImage,
  below: string,
  { runs, enabled, quiet }: ShellScriptDust,
): string[] {
  for (const { sectors } of runs) checkInside(image, ...sectors);
  return [
    ...createSteps(layer, formatDustLine(image.sectorCount, below)),
    ...(quiet ? [`dmsetup message ${layer} 0 quiet`] : []),
    'while read -r first count failures; do',
    '  for ((block = first; block < first + count; block++)); do',
    `    dmsetup message ${layer} 0 addbadblock "$block" \${failures:+"$failures"}`,
    '  done',
    'done <<EOF',
    ...runs.map(({ sectors, writeFailures }) => [...sectors, writeFailures || ''].join(' ').trim()),
    'EOF',
    ...(enabled ? [`dmsetup message ${layer} 0 enable`] : []),
  ];
}

function flakeyStep(name: string, sectorCount: number, below: string, behaviour: string): string[] {
  return [...createSteps(`${name}-flakey`, formatFlakeyLine(sectorCount, below, shellInert(behaviour))), ''];
}

/** The table stands in double quotes, because the loop devices' names are known only when the script runs. */
function createSteps(name: string, table: string): string[] {
  return [`dmsetup create ${name} --table "${table}"`, builtStep(name)];
}

function builtStep(name: string): string {
  return `built+=(${name})`;
}

/** Refuses a table with characters that a shell would interpret: dm-flakey needs none of them. */
function shellInert(behaviour: string): string {
  if (/^[\w\s-]*$/.test(behaviour)) return behaviour;
  throw new RemapError(
    'EINVAL',
    `a flakey layer is described in words and numbers, not ${behaviour.slice(0, 80)}`,
  );
}

function checkInside(image: ShellScriptImage, first: number, count: number): void {
  if (Number.isSafeInteger(first) && first >= 0 && count > 0 && first + count <= image.sectorCount) return;
  throw new RemapError(
    'EINVAL',
    `bad sectors ${first} to ${first + count - 1} are outside ${image.path}, which ends at sector ${image.sectorCount - 1}`,
    { path: image.path, sector: first, count },
  );
}
