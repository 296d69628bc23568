import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { packagedManifest, packagedReadme } from '../../host/packagedPages';

const LINK = /\]\(([^)]*)\)/g;
const linksOf = (text: string) => [...text.matchAll(LINK)].map(([, link]) => link!);

describe('The pages of the package', () => {
  const readme = readFileSync('README.md', 'utf8');

  it('without an address of the repository lead nowhere into it, and keep their words', () => {
    const packaged = packagedReadme(
      '# A\n\n![B](c.png)\n\nSee [D](README.md), [F](https://g.example) and [H](#a).\n',
      {},
    );
    assert.equal(packaged, '# A\n\nSee D, [F](https://g.example) and [H](#a).\n');
    assert.ok(linksOf(packagedReadme(readme, {})).every((link) => link.startsWith('https://')));
  });

  it('with an address are as they are: what makes the package lets them lead there', () => {
    assert.equal(packagedReadme(readme, { repository: 'https://github.com/a/b' }), readme);
    assert.ok(linksOf(readme).some((link) => link.endsWith('.png') || link.endsWith('.gif')));
  });

  it('say nothing of how the repository is worked on', () => {
    const manifest = { name: 'a', scripts: { b: 'c' }, devDependencies: { d: '1' } };
    assert.deepEqual(packagedManifest(manifest), { name: 'a' });
  });
});
