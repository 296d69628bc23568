import assert from 'node:assert/strict';
import { readdirSync, statSync, writeFileSync } from 'node:fs';
import type { Comparison } from '../../../src/engine';
import { commandLine } from '../../support/cli/commandLine';

describe('The verb compare', () => {
  const cli = commandLine();

  const image = (name: string, ...sectors: number[]) =>
    writeFileSync(cli.path(name), Buffer.concat(sectors.map((fill) => Buffer.alloc(512, fill))));

  it('ends with 0 where images are equal, and else with 1 and the sectors', async () => {
    image('a.img', 1, 2, 3);
    image('b.img', 1, 2, 3);
    const equal = await cli.ok('compare', 'a.img', 'b.img');
    assert.match(equal, /^Equal +3 sectors$/m);
    assert.equal(equal.split('\n\n').length, 1);
    image('b.img', 1, 9, 3, 4);
    writeFileSync(cli.path('a.img.map'), '0 + 1\n0 1024 +\n1024 512 -\n');
    const { code, stdout } = await cli.run(['compare', 'a.img', 'b.img']);
    assert.equal(code, 1);
    assert.match(stdout, /^Only in one +1 sector at the end of the second$/m);
    assert.match(stdout, /\n\n1 {2}differs\n2 {2}can't be read in the first\n$/);
    const found = await cli.json<Comparison>('compare', 'b.img', 'a.img');
    assert.deepEqual(
      [found.differing, found.unreadableInSecond, found.equalSectors],
      [[[1, 1]], [[2, 1]], 1],
    );
  });

  it('ends with 1 where nothing differs but something can not be read, or one is longer', async () => {
    image('a.img', 1, 2);
    image('b.img', 1, 2);
    writeFileSync(cli.path('b.img.map'), '0 + 1\n0 512 +\n512 512 ?\n');
    assert.equal((await cli.run(['compare', 'a.img', 'b.img'])).code, 1);
    image('c.img', 1, 2, 0);
    assert.equal((await cli.run(['compare', 'a.img', 'c.img'])).code, 1);
  });

  it('compares a device with its main, and writes nothing', async () => {
    await cli.createDisk();
    await cli.ok('inject', 'disk.remap', '--sectors', '1000-1001', '--mode', 'dust');
    await cli.run(['write', 'disk.remap', '1000'], { input: Buffer.alloc(1024, 7) });
    const state = () => readdirSync(cli.path()).map((name) => [name, statSync(cli.path(name)).mtimeMs]);
    const before = state();
    const found = await cli.json<Comparison>('compare', 'disk.remap', 'disk.remap', '--second-from', 'main');
    assert.equal(found.firstSectorCount, 48_000);
    assert.equal(found.equalSectors + found.differingSectors + found.unreadableSectors, 48_000);
    assert.ok(found.differingSectors + found.unreadableSectors <= 2);
    const other = await cli.json<Comparison>('compare', 'disk.remap', 'disk.remap', '--from', 'spare');
    assert.equal(other.firstSectorCount, 2000);
    assert.deepEqual(state(), before);
    assert.equal((await cli.run(['compare', 'disk.remap', 'disk.remap', '--from', 'top'])).code, 2);
  });
});
