import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { filesIn } from '../../support/structure/sources';

/** What reads syntax in a text that it shows, and the only places that may use it: they make foreign text safe. */
const SINKS: readonly { readonly pattern: RegExp; readonly places: readonly string[] }[] = [
  { pattern: /\bMarkdownString\b/, places: ['src/testing/testExplorer.ts'] },
  {
    pattern: /\bshow(?:Information|Warning|Error)Message\b/,
    places: ['src/frame/decisions.ts', 'src/frame/notifications.ts'],
  },
  { pattern: /\bsetStatusBarMessage\b/, places: ['src/frame/notifications.ts'] },
  { pattern: /\b(?:show|create)(?:QuickPick|InputBox)\b/, places: ['src/frame/questions.ts'] },
  { pattern: /\bwindow\.withProgress\b/, places: ['src/frame/progress.ts'] },
  { pattern: /\bcreateStatusBarItem\b/, places: ['src/views/statusBar.ts'] },
  { pattern: /\bnew vscode\.TreeItem\b/, places: ['src/views/nodeProvider.ts'] },
  { pattern: /\bTestMessage\b/, places: ['src/testing/testExplorer.ts'] },
  { pattern: /\b(?:inner|outer)HTML\b|\binsertAdjacentHTML\b|\bdocument\.write\b|\bDOMParser\b/, places: [] },
  { pattern: /\bwebview\.html\b/, places: ['src/editor/provider.ts'] },
];

describe('What shows text that is not ours', () => {
  const sources = [...filesIn('src'), ...filesIn('media')].map((file) => ({
    file,
    text: readFileSync(file, 'utf8'),
  }));
  for (const { pattern, places } of SINKS) {
    it(`${pattern.source} is used in ${places.join(' and ') || 'no source'}`, () => {
      const found = sources.filter(({ text }) => pattern.test(text)).map(({ file }) => file);
      assert.deepEqual(
        found,
        places,
        'use what these places offer: they keep names from becoming links and icons',
      );
    });
  }
});
