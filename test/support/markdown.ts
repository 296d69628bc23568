// It has no types of its own.
// @ts-expect-error
import MarkdownIt from 'markdown-it';

/** What a Markdown text became, for the parser of VS Code's preview: the names of its tokens, and the text in them. */
export interface Rendered {
  readonly kinds: ReadonlySet<string>;
  /** How many blocks there are, and parts of them. */
  readonly count: number;
  readonly text: string;
}

interface Token {
  readonly type: string;
  readonly content: string;
  readonly children: readonly Token[] | null;
}

/** Parses Markdown as VS Code's preview does, with HTML and with bare addresses as links. */
export function parseMarkdown(markdown: string): Rendered {
  const tokens: Token[] = new MarkdownIt({ html: true, linkify: true }).parse(markdown, {});
  const leaves = tokens.flatMap(({ children, ...token }) => children ?? [{ ...token, children }]);
  const all = [...tokens, ...leaves];
  return {
    count: tokens.length,
    kinds: new Set(all.map(({ type }) => type)),
    text: leaves.map(({ content }) => content).join(''),
  };
}
