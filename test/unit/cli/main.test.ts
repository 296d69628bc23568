import assert from 'node:assert/strict';
import { once } from 'node:events';
import { version } from '../../../package.json';
import { VERBS } from '../../../src/cli/verbs';
import { commandLine, finished } from '../../support/cli/commandLine';

describe('The command line', () => {
  const cli = commandLine();

  it('shows its help, and that of each verb with examples', async () => {
    const { code, stdout, stderr } = await cli.run(['--help']);
    assert.deepEqual([code, stderr], [0, '']);
    for (const verb of Object.keys(VERBS)) assert.match(stdout, new RegExp(`^  ${verb} `, 'm'));
    for (const verb of Object.keys(VERBS)) {
      const help = await cli.ok(...verb.split(' '), '--help');
      assert.ok(help.startsWith(`Usage: remap-inspector ${verb} `), help);
      assert.match(help, new RegExp(`Examples:\n {2}remap-inspector ${verb}`));
    }
    assert.match(await cli.ok('help', 'markers', 'verify'), /^Usage: remap-inspector markers verify DEVICE/);
    assert.match(await cli.ok('test', '--help'), /remap-persistence/);
  });

  it('tells its version', async () => {
    assert.equal(await cli.ok('--version'), `${version}\n`);
  });

  const wrong: readonly (readonly [args: readonly string[], message: RegExp])[] = [
    [[], /a verb is missing/],
    [['frobnicate'], /no verb "frobnicate"/],
    [['markers'], /markers what\? markers write or markers verify/],
    [['status'], /status: DEVICE is missing/],
    [['status', 'disk.remap', 'more'], /"more" is one too many/],
    [['status', 'disk.img'], /"disk.img" is no .remap file/],
    [['status', ''], /an argument is empty/],
    [['status', 'disk.remap', '--colour'], /Unknown option '--colour'/],
    [['status', 'disk.remap', '--dialect', 'v5'], /"dialect" must be one of v4.0.3, head/],
    [['status', 'disk.remap', '--format', 'xml'], /--format is one of raw, human, json, csv, compact/],
    [['status', 'disk.remap', '--dialect', 'head', '--dialect', 'head'], /--dialect is given twice/],
    [['create', 'disk.remap', '--main-sectors', '48000'], /--spare-sectors is missing/],
    [['create', 'disk.remap', '--main-sectors', 'much', '--spare-sectors', '1'], /a size is a number/],
    [['read', 'disk.remap'], /SECTOR is missing/],
    [['read', 'disk.remap', 'first'], /a sector is a whole number/],
    [['read', 'disk.remap', '-1'], /Unknown option '-1'/],
    [['read', 'disk.remap', '0', '0'], /"count" must be at least 1/],
    [['read', 'disk.remap', '0', '--from', 'above'], /"from" must be one of/],
    [['read', 'disk.remap', '0', '--raw', '--json'], /exclude each other/],
    [['inject', 'disk.remap'], /nothing to inject/],
    [['inject', 'disk.remap', '--sectors', '5-'], /neither a sector nor a range/],
    [['inject', 'disk.remap', '--sectors', '1', '--mode', 'rust'], /"mode" must be one of error, dust/],
    [['inject', 'disk.remap', '--sectors', '1', '--on', 'top'], /"on" must be one of main, spare/],
    [['inject', 'disk.remap', '--mapfile', ''], /--mapfile is empty/],
    [['list', 'disk.remap', '--limit', 'all'], /--limit takes a number/],
    [['list', 'disk.remap', '--limit', '1.5'], /"limit" must be a whole number/],
    [['scan', 'disk.remap', '--rate', 'fast'], /--rate takes a number/],
    [['markers', 'write', 'disk.remap', '--sectors', '0-99999999'], /names more than 1000000 sectors/],
    [['reload', 'disk.remap', '--wait', 'long'], /--wait takes a number/],
    [['reboot', '--seed', 'x'], /--seed takes a number/],
    [['test', 'no-such'], /there is no scenario 'no-such'/],
    [['test', '--report', ''], /--report is empty/],
    [['serve'], /DEVICE... is missing/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses ${JSON.stringify(args.join(' '))} with exit code 2`, async () => {
      const { code, stdout, stderr } = await cli.run(args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.match(stderr, message);
      assert.match(stderr, /\nSee: remap-inspector( \w+)* --help\n$/);
    });
  }

  it('takes a reader that goes away for no error', async () => {
    await cli.createDisk();
    const child = cli.start(['read', 'disk.remap', '0', '48000']);
    child.stdout!.once('data', () => child.stdout!.destroy());
    const [code] = (await once(child, 'close')) as [number];
    assert.equal(code, 0);
  });

  it('prints no progress where no terminal shows it', async () => {
    await cli.createDisk();
    const { stderr } = await finished(cli.start(['scan', 'disk.remap']));
    assert.equal(stderr, '');
  });
});
