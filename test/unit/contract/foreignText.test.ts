import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  commandLink,
  markdownBlock,
  markdownCode,
  markdownText,
  withoutIcons,
  withoutIconsAndLinks,
  withoutLinks,
} from '../../../src/contract/foreignText';
import { printable } from '../../../src/engine';
import { HOSTILE_NAMES } from '../../support/hostileNames';
import { parseMarkdown } from '../../support/markdown';

/** What VS Code takes for a link in a notification, and for an icon in a label: after its sources. */
const LINK = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)/i;
const ICON = /(\\)?\$\(([A-Za-z0-9-]+(?:~[A-Za-z]+)?)\)/g;

const syntax = fc.string({
  unit: fc.constantFrom(...'![](){}<>`*_~#+-=.|&;:/\\$@"\' \n\t1aw', '&#47;', '://', 'www.', 'http'),
});
const hostile = fc.oneof(fc.constantFrom(...HOSTILE_NAMES), syntax, fc.string({ unit: 'binary' }));

/** A label as VS Code shows it: the icons in it, and the text. */
function label(text: string): { icons: string[]; text: string } {
  const icons: string[] = [];
  const shown = text.replace(ICON, (_, escaped, name) => {
    if (!escaped) icons.push(name);
    return `$(${name})`;
  });
  return { icons, text: shown };
}

describe('text that is not ours', () => {
  it('is only text in Markdown, wherever it stands', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const shown = printable(text).trim();
        fc.pre(shown !== '');
        for (const before of ['', '## ', '- ', '1. ', 'Name: ']) {
          const { kinds, text: said } = parseMarkdown(`${before}${markdownText(text)}`);
          for (const kind of ['image', 'link_open', 'html_inline', 'html_block', 'em_open', 'strong_open'])
            assert.ok(!kinds.has(kind), `${kind} in ${JSON.stringify(text)}`);
          assert.equal(said.trim(), `${before.replace(/^\W+ $|^1. $/, '')}${shown}`.trim());
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is only text in a cell of a Markdown table', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        fc.pre(printable(text).trim() !== '');
        const table = `| a | b |\n|---|---|\n| ${markdownText(text)} | end |`;
        assert.equal(parseMarkdown(table).text, `ab${printable(text).trim()}end`);
      }),
    );
  });

  it('is code, and nothing but that, in Markdown', () => {
    fc.assert(
      fc.property(hostile, hostile, (text, other) => {
        fc.pre(printable(text).trim() !== '');
        const inline = parseMarkdown(`Kept in ${markdownCode(text)}`);
        assert.deepEqual([...inline.kinds].sort(), [
          'code_inline',
          'inline',
          'paragraph_close',
          'paragraph_open',
          'text',
        ]);
        assert.equal(inline.text, `Kept in ${printable(text)}`);
        const block = parseMarkdown(markdownBlock([text, other]));
        assert.deepEqual([...block.kinds], ['fence']);
        assert.equal(block.text, `${printable(text)}\n${printable(other)}\n`);
      }),
    );
  });

  it('is no link in a notification, and no icon in a label', () => {
    fc.assert(
      fc.property(hostile, (text) => {
        assert.doesNotMatch(withoutLinks(text), LINK);
        assert.equal(withoutLinks(text).replaceAll('\u2060', ''), printable(text));
        assert.deepEqual(label(withoutIcons(text)), { icons: [], text: printable(text) });
        const both = label(withoutIconsAndLinks(text));
        assert.deepEqual(both.icons, []);
        assert.doesNotMatch(both.text, LINK);
      }),
    );
  });

  it('does not end the link of a command that it is an argument of', () => {
    fc.assert(
      fc.property(hostile, (path) => {
        const link = commandLink('remap.openSectors', [path, { sector: 7 }]);
        assert.match(link, /^command:remap\.openSectors\?[\w%.~-]+$/);
        assert.deepEqual(JSON.parse(decodeURIComponent(link.split('?')[1]!)), [path, { sector: 7 }]);
      }),
    );
  });
});
