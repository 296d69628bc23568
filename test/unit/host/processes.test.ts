import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cmdWords, run } from '../../host/processes';
import { isHere } from '../../support/needs';
import { tempFolder } from '../../support/tempFolder';

describe('programs that the test host starts', () => {
  const folder = tempFolder();

  it('may be in a folder with blanks, as VS Code is on Windows, and get paths with blanks', async () => {
    mkdirSync(folder.path('Program Files'));
    const [script, output] = [
      folder.path('Program Files/write it.js'),
      folder.path('Program Files/out put.txt'),
    ];
    writeFileSync(script, 'require("fs").writeFileSync(process.argv[2], process.argv.slice(3).join("|"))');
    const words = [output, 'a b', '--folder=C:\\x y'];
    if (isHere('namedPipes')) {
      const command = folder.path('Program Files/co de.cmd');
      writeFileSync(command, `@"${process.execPath}" "${script}" %*\r\n`);
      assert.equal(await run(command, words, { shell: true, stdio: 'ignore' }), 0);
    } else assert.equal(await run(process.execPath, [script, ...words]), 0);
    assert.equal(readFileSync(output, 'utf8'), 'a b|--folder=C:\\x y');
  });

  it('are one word each for cmd.exe', () => {
    assert.deepEqual(cmdWords(['C:\\Program Files\\code.cmd', '--wait', 'a&b', 'say "x"']), [
      '"C:\\Program Files\\code.cmd"',
      '--wait',
      '"a&b"',
      '"say ""x"""',
    ]);
  });
});
