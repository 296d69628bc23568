import { printable } from '../engine';

/**
 * Text that isn't ours: names and paths of files, markers, and messages that hold them. Wherever VS Code or a page reads
 * syntax in a text, the text passes one of these functions at that place; where it reads none, `printable` alone.
 */

/** The destination of a Markdown link that runs a command with arguments. */
export function commandLink(command: string, args: readonly unknown[]): string {
  const encoded = encodeURIComponent(JSON.stringify(args)).replace(
    /[()'!*]/g,
    (char) => `%${char.charCodeAt(0).toString(16)}`,
  );
  return `command:${command}?${encoded}`;
}

/** For labels that read `$(name)` as an icon: the status bar, the items of a list to choose from. */
export function withoutIcons(text: string): string {
  return printable(text).replace(ICON, '\\$&');
}

/** For notifications and their progress, which read `[text](address)` as a link, commands included. */
export function withoutLinks(text: string): string {
  return printable(text).replaceAll('](', `]${WORD_JOINER}(`);
}

/** For prompts and complaints of an input box, which read icons and links. */
export function withoutIconsAndLinks(text: string): string {
  return withoutLinks(text).replace(ICON, '\\$&');
}

/** For Markdown: the text as it is, on one line, wherever on a line it stands. */
export function markdownText(text: string): string {
  return printable(text).trim().replace(MARKDOWN_SYNTAX, '\\$&');
}

/** For Markdown: the text as code. In a cell of a table, only for text without `|`. */
export function markdownCode(text: string): string {
  const content = printable(text);
  const ticks = '`'.repeat(longestTicks(content) + 1);
  const space = /^[` ]|[` ]$/.test(content) ? ' ' : '';
  return `${ticks}${space}${content}${space}${ticks}`;
}

/** For Markdown: lines of code. */
export function markdownBlock(lines: readonly string[]): string {
  const content = lines.map(printable);
  const fence = '`'.repeat(Math.max(3, longestTicks(content.join('\n')) + 1));
  return [fence, ...content, fence].join('\n');
}

/** What means something anywhere, at the start of a line, or in an address that would become a link. */
const MARKDOWN_SYNTAX = /[\\`*_[\]<>|&~$@#]|^[-+=:]|(?<=^\d+)[.)]|:(?=\/\/)|(?<=www)\./gi;

/** An icon as VS Code reads it, but for the backslash before it that makes it text. */
const ICON = /\$\([a-z0-9-]+(?:~[a-z]+)?\)/gi;

/** It takes no room, and no line breaks at it. */
const WORD_JOINER = '\u2060';

function longestTicks(text: string): number {
  return Math.max(0, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
}
