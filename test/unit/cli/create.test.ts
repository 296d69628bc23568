import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { commandLine } from '../../support/cli/commandLine';

describe('create', () => {
  const cli = commandLine();

  it('makes the file and both images, and tells the device as the command does', async () => {
    const sizes = [
      '--main-sectors',
      '24MiB',
      '--spare-sectors',
      '2000',
      '--flakey',
      '0 1 1 error_reads',
      '--json',
    ];
    const { code, stdout } = await cli.run(['create', 'disk.remap', ...sizes]);
    assert.equal(code, 0);
    const info = JSON.parse(stdout);
    assert.deepEqual(
      [info.name, info.path, info.sectors, info.spareSectors, info.state, info.flakey],
      ['disk', cli.path('disk.remap'), 49_152, 2000, 'active', '0 1 1 error_reads'],
    );
    assert.deepEqual(readdirSync(cli.path()).sort(), ['disk-spare.img', 'disk.img', 'disk.remap']);
    assert.equal(statSync(cli.path('disk.img')).size, 49_152 * 512);
  });

  it('overwrites nothing', async () => {
    await cli.createDisk();
    const before = readFileSync(cli.path('disk-spare.img'));
    const { code, stderr } = await cli.createDisk();
    assert.equal(code, 3);
    assert.match(stderr, /^EEXIST: \S*disk.remap exists already/);
    assert.deepEqual(readFileSync(cli.path('disk-spare.img')), before);
  });

  it('leaves nothing of a device that is refused', async () => {
    writeFileSync(cli.path('other'), '');
    const refused = [
      ['--main-sectors', '48000', '--spare-sectors', '10'],
      ['--main-sectors', '48000', '--spare-sectors', '2000', '--flakey', 'nonsense'],
    ];
    for (const options of refused) {
      const { code, stderr } = await cli.run(['create', 'disk.remap', ...options]);
      assert.equal(code, 3, stderr);
      assert.deepEqual(readdirSync(cli.path()), ['other']);
    }
  });
});
