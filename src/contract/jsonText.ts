import {
  findNodeAtLocation,
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { RemapError } from '../engine';

/** What a file with JSON says. */
export interface JsonText {
  readonly value: unknown;
  /** Throws the error for a mistake at a place of the value: `EINVAL`, with file, line and column. */
  failAt(keys: readonly (string | number)[], problem: string): never;
}

/**
 * Reads JSON with comments and trailing commas.
 * @param kind what the file is, as in "a device file"
 * @throws RemapError `EINVAL`, whose message and details name the file, line and column of the first mistake
 */
export function parseJson(text: string, path: string, kind: string): JsonText {
  const errors: ParseError[] = [];
  const { root, value } = parse(text, errors, path, kind);
  const fail = (offset: number, problem: string): never => {
    const { line, column } = positionOf(text, offset);
    throw new RemapError('EINVAL', `${path}:${line}:${column}: ${problem}`, { path, line, column });
  };
  const [syntaxError] = errors;
  if (syntaxError)
    fail(syntaxError.offset, `syntax error: ${inWords(printParseErrorCode(syntaxError.error))}`);
  return {
    value,
    failAt: (keys, problem) => {
      const node = root && findNodeAtLocation(root, [...keys]);
      return fail(node?.offset ?? root?.offset ?? 0, problem);
    },
  };
}

/** The parser calls itself for each bracket, so a hostile file could exhaust the stack. */
function parse(
  text: string,
  errors: ParseError[],
  path: string,
  kind: string,
): { root: Node | undefined; value: unknown } {
  try {
    const root = parseTree(text, errors, { allowTrailingComma: true });
    return { root, value: root && getNodeValue(root) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    const message = `${path}: its brackets are nested too deeply for ${kind}`;
    throw new RemapError('EINVAL', message, { path }, { cause: error });
  }
}

function positionOf(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** "CommaExpected" as "comma expected". */
function inWords(code: string): string {
  return code.replace(/(?<=[a-z])[A-Z]/g, (letter) => ` ${letter}`).toLowerCase();
}
