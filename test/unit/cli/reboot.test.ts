import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import type { DeviceResults } from '../../../src/cli/deviceCommands';
import { commandLine } from '../../support/cli/commandLine';

describe('reboot without a serve', () => {
  const cli = commandLine();

  it('takes the devices of this folder down and up again', async () => {
    await cli.createDisk('one');
    await cli.createDisk('two');
    const { before, after } = await cli.json<DeviceResults['reboot']>('reboot');
    for (const devices of [before, after])
      assert.deepEqual(
        devices.map(({ name }) => name),
        ['one', 'two'],
      );
  });

  it('takes the device that is named, with a power loss', async () => {
    await cli.createDisk('one');
    await cli.createDisk('two');
    const text = await cli.ok('reboot', 'one.remap', '--power-loss', '--seed', '7');
    assert.equal(text, 'one: active, 0 remaps\nNothing is lost\n');
  });

  it('is refused where no device is', async () => {
    mkdirSync(cli.path('empty'));
    const { code, stderr } = await cli.run(['reboot']);
    assert.equal(code, 3);
    assert.match(stderr, /^ENODEV: there is no .remap file in /);
  });
});
