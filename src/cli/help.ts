import { declarationOf, VERBS, type VerbDeclaration, type VerbName } from './verbs';

const PROGRAM = 'remap-inspector';

/** The help of the program. */
export function programHelp(): string {
  const names = Object.keys(VERBS) as VerbName[];
  return [
    `Usage: ${PROGRAM} VERB ...`,
    '',
    'Inspect, break and verify dm-remap devices over image files, without root or a kernel module.',
    'DEVICE is a .remap file, TARGET one or an image. A device that a serve has is reached through it by every other verb.',
    '',
    'Verbs:',
    ...columns(names.map((name) => [name, declarationOf(name).summary])),
    '',
    'Options of every verb:',
    ...columns([
      ['--json', 'print what the extension’s command of the same name returns'],
      ['-h, --help', 'show help and examples'],
    ]),
    '',
    'Exit codes: 0 done; 1 found bad (check, markers verify, scan, test, damage); 2 wrong arguments;',
    '3 refused or failed: CODE: message on standard error.',
    '',
    'A first device:',
    ...examples([
      ['create disk.remap --main-sectors 204800 --spare-sectors 102400', 'make it'],
      ['markers write disk.remap', 'write texts to its marker sectors'],
      ['inject disk.remap --sectors 1000,2000-2010', 'let sectors fail'],
      ['markers write disk.remap', 'bad sectors are remapped when they are written'],
      ['list disk.remap', 'see where they are now'],
      ['serve disk.remap', 'use it as a disk over NBD'],
    ]),
    '',
  ].join('\n');
}

/** The help of a verb. @param details what only the engine knows, such as the names of scenarios */
export function verbHelp(name: VerbName, details: readonly string[] = []): string {
  const declaration = declarationOf(name);
  return [
    usageLine(name, declaration),
    '',
    `${declaration.summary[0]!.toUpperCase()}${declaration.summary.slice(1)}.`,
    ...(details.length > 0 ? ['', ...details] : []),
    '',
    'Options:',
    ...columns([
      ...Object.entries(declaration.options).map(([option, { value, text }]): [string, string] => [
        value === undefined ? `--${option}` : `--${option} ${value}`,
        text,
      ]),
      [
        '--json',
        declaration.command === null
          ? 'print the result as JSON'
          : `print what remap.${declaration.command} returns`,
      ],
    ]),
    '',
    'Examples:',
    ...examples(declaration.examples),
    '',
  ].join('\n');
}

function usageLine(name: VerbName, { operands, options }: VerbDeclaration): string {
  const words = Object.entries(options).map(([option, { value, isRequired }]) => {
    const text = value === undefined ? `--${option}` : `--${option} ${value}`;
    return isRequired ? text : `[${text}]`;
  });
  return `Usage: ${[PROGRAM, name, ...operands, ...words, '[--json]'].join(' ')}`;
}

function examples(list: readonly (readonly [string, string])[]): string[] {
  return list.flatMap(([line, text]) => [`  ${PROGRAM} ${line}`, ...(text === '' ? [] : [`      ${text}`])]);
}

function columns(rows: readonly (readonly [string, string])[]): string[] {
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, text]) => `  ${name.padEnd(width)}  ${text}`);
}
