import { parseArgs } from 'node:util';
import { declarationOf, type OptionDeclaration, VERBS, type VerbDeclaration, type VerbName } from './verbs';

/** Something is wrong with the arguments: exit code 2. */
export class UsageError extends Error {
  constructor(
    message: string,
    /** Whose help is named; undefined: that of the program. */
    readonly verb?: VerbName,
  ) {
    super(message);
  }
}

/** The arguments of a verb, of which each is known and none is missing; what they mean is not checked. */
export interface Given {
  readonly verb: VerbName;
  readonly operands: readonly string[];
  /** Values by name; true for a switch. */
  readonly options: Readonly<Record<string, string | true>>;
  readonly json: boolean;
}

/** What was asked for on the command line. */
export type Request =
  | { readonly kind: 'run'; readonly given: Given }
  /** Undefined: the help of the program. */
  | { readonly kind: 'help'; readonly verb: VerbName | undefined }
  | { readonly kind: 'version' };

const COMMON_OPTIONS: Readonly<Record<string, OptionDeclaration>> = {
  json: { text: '' },
  help: { text: '' },
};

/** Reads the arguments after the program's name. @throws UsageError */
export function parseCommandLine(args: readonly string[]): Request {
  const [first, second] = args;
  if (first === undefined) throw new UsageError('a verb is missing');
  if (first === '--version') return { kind: 'version' };
  if (first === 'help')
    return { kind: 'help', verb: second === undefined ? undefined : findVerb(args.slice(1)) };
  if (first === '--help' || first === '-h') return { kind: 'help', verb: undefined };
  const verb = findVerb(args);
  const rest = args.slice(verb.split(' ').length);
  const { operands, options } = split(rest, verb);
  if (options.help) return { kind: 'help', verb };
  checkOperands(operands, verb);
  checkRequired(options, verb);
  const { json, ...others } = options;
  return { kind: 'run', given: { verb, operands, options: others, json: json === true } };
}

/** How many operands a verb takes. */
function operandCounts({ operands }: VerbDeclaration): {
  readonly least: number;
  readonly most: number;
} {
  const least = operands.filter((operand) => !operand.startsWith('[')).length;
  const isRepeated = operands.some((operand) => operand.includes('...'));
  return { least, most: isRepeated ? Number.POSITIVE_INFINITY : operands.length };
}

function findVerb(args: readonly string[]): VerbName {
  const [first = '', second = ''] = args;
  const found = [first, `${first} ${second}`].find((name): name is VerbName => Object.hasOwn(VERBS, name));
  if (found !== undefined) return found;
  const continued = Object.keys(VERBS).filter((name) => name.startsWith(`${first} `));
  if (continued.length > 0) throw new UsageError(`${first} what? ${continued.join(' or ')}`);
  throw new UsageError(`there is no verb ${JSON.stringify(first)}`);
}

function split(
  args: readonly string[],
  verb: VerbName,
): { operands: string[]; options: Record<string, string | true> } {
  const declared = { ...COMMON_OPTIONS, ...declarationOf(verb).options };
  const options: Record<string, string | true> = {};
  try {
    const { positionals, tokens } = parseArgs({
      args: [...args],
      allowPositionals: true,
      tokens: true,
      options: Object.fromEntries(
        Object.entries(declared).map(([name, { value }]) => [
          name,
          {
            type: value === undefined ? 'boolean' : 'string',
            ...(name === 'help' && { short: 'h' }),
          } as const,
        ]),
      ),
    });
    for (const token of tokens) {
      if (token.kind !== 'option') continue;
      if (options[token.name] !== undefined) throw new UsageError(`${token.rawName} is given twice`, verb);
      options[token.name] = token.value ?? true;
    }
    return { operands: positionals, options };
  } catch (error) {
    if (error instanceof UsageError || !(error instanceof TypeError)) throw error;
    throw new UsageError(firstSentence(error.message), verb);
  }
}

function checkOperands(operands: readonly string[], verb: VerbName): void {
  const declaration = declarationOf(verb);
  const { least, most } = operandCounts(declaration);
  if (operands.length < least)
    throw new UsageError(`${declaration.operands[operands.length]} is missing`, verb);
  if (operands.length > most) throw new UsageError(`${JSON.stringify(operands[most])} is one too many`, verb);
  if (operands.includes('')) throw new UsageError('an argument is empty', verb);
}

function checkRequired(options: Readonly<Record<string, string | true>>, verb: VerbName): void {
  for (const [name, { isRequired }] of Object.entries(declarationOf(verb).options)) {
    if (isRequired && options[name] === undefined) throw new UsageError(`--${name} is missing`, verb);
  }
}

/** Node adds advice after its first sentence. */
function firstSentence(message: string): string {
  return message.split(/\.\s|\n/)[0]!.replace(/\.$/, '');
}
