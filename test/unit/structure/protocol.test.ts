import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { filesIn } from '../../support/structure/sources';

const PROTOCOL = 'src/shared/protocol.ts';

/** The names of all fields of messages: the keys of the objects that `shape` is called with. */
function fieldNames(): string[] {
  const text = readFileSync(PROTOCOL, 'utf8').replace(/\/\*[\s\S]*?\*\//g, '');
  const bodies = [...text.matchAll(/\bshape\(\{([^{}]*)\}\)/g)].map(([, body]) => body!);
  const keys = bodies.flatMap((body) => [...body.matchAll(/(?:^|,)\s*(\w+)(?=\s*[:,]|\s*$)/g)]);
  return [...new Set(keys.map(([, key]) => key!))];
}

function textOf(folder: string): string {
  return filesIn(folder)
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
}

describe('The protocol of the sector editor', () => {
  it('has only fields that both the extension and the page name', () => {
    const names = fieldNames();
    assert.ok(names.length > 35 && names.includes('readOnlyReason'), `only ${names.length} were found`);
    const sides = { extension: textOf('src/editor') + textOf('src/structure'), page: textOf('media/editor') };
    for (const [side, text] of Object.entries(sides)) {
      const unnamed = names.filter((name) => !new RegExp(`\\b${name}\\b`).test(text));
      assert.deepEqual(unnamed, [], `the ${side} neither sends nor reads these`);
    }
  });
});
