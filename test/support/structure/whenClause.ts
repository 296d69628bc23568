/** What a `when` clause may ask for: `view`, `viewItem`, and the keys of src/manifest.ts. */
export type ClauseContext = Readonly<Record<string, string | boolean>>;

const TOKEN = /\s*(&&|\|\||[!()]|==|=~|'[^']*'|\/(?:\\.|[^/\\])+\/i?|[\w.]+)/y;

/**
 * Whether a clause holds, as VS Code decides it: `!`, `==`, `=~`, `&&`, `||` and parentheses. An absent clause holds.
 * @throws Error for a clause that has anything else
 */
export function holds(clause: string | undefined, context: ClauseContext): boolean {
  if (clause === undefined) return true;
  const tokens = tokensOf(clause);
  let at = 0;
  const any = (): boolean => {
    let result = all();
    while (tokens[at] === '||') {
      at++;
      result = all() || result;
    }
    return result;
  };
  const all = (): boolean => {
    let result = one();
    while (tokens[at] === '&&') {
      at++;
      result = one() && result;
    }
    return result;
  };
  const one = (): boolean => {
    const token = tokens[at++]!;
    if (token === '!') return !one();
    if (token === '(') {
      const result = any();
      at++;
      return result;
    }
    const value = token === 'false' ? false : (context[token] ?? '');
    if (tokens[at] !== '==' && tokens[at] !== '=~') return value !== '' && value !== false;
    const operator = tokens[at++];
    const operand = tokens[at++]!;
    return operator === '=~'
      ? patternOf(operand).test(`${value}`)
      : `${value}` === operand.replaceAll("'", '');
  };
  return any();
}

function tokensOf(clause: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < clause.length) {
    const found = TOKEN.exec(clause);
    if (!found) throw new Error(`can't read the clause: ${clause}`);
    tokens.push(found[1]!);
  }
  return tokens;
}

function patternOf(literal: string): RegExp {
  const end = literal.lastIndexOf('/');
  return new RegExp(literal.slice(1, end), literal.slice(end + 1));
}
