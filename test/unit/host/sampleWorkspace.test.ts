import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import packageJson from '../../../package.json';
import { DEFAULT_MARKER_SECTORS, Machine } from '../../../src/engine';
import { makeSampleWorkspace } from '../../host/sampleWorkspace';
import { tempFolder } from '../../support/tempFolder';

/** Characters that the editor beside the side bar has room for in a window of 1280 pixels. */
const LINE_WIDTH = 90;

describe('the sample workspace', () => {
  const { path } = tempFolder();

  beforeEach(() => makeSampleWorkspace(path('.')));

  it('says in five lines what to try, each with links that run commands which ask a person', async () => {
    const readme = await readFile(path('README.md'), 'utf8');
    const lines = readme.split('\n').filter((line) => /^\d\. /.test(line));
    assert.equal(lines.length, 5);
    assert.ok(Math.max(...lines.map(({ length }) => length)) <= LINE_WIDTH, 'lines wrap in a usual window');
    const hidden = packageJson.contributes.menus.commandPalette.map(({ command }) => command);
    const offered = packageJson.contributes.commands
      .map(({ command }) => command)
      .filter((command) => !hidden.includes(command));
    for (const line of lines) {
      const links = [...line.matchAll(/\]\(command:([\w.]+)\)/g)].map(([, command]) => command!);
      assert.ok(links.length > 0, line);
      for (const command of links) assert.ok(offered.includes(command), command);
    }
  });

  it('has a device that has moved sectors, others that can not be read, and markers', async () => {
    const machine = new Machine();
    try {
      const device = await machine.create({
        name: 'disk',
        deviceFile: null,
        main: path('disk.img'),
        spares: [path('disk-spare.img')],
        flakey: null,
        markers: { sectors: DEFAULT_MARKER_SECTORS, text: 'test_data_{sector}' },
      });
      const { remaps, badSectors } = device.info();
      assert.deepEqual([remaps, badSectors], [5, 16]);
      const { verified, total } = await device.verifyMarkers();
      assert.equal(verified, total);
    } finally {
      await machine.close();
    }
  });
});
