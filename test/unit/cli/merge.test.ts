import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import type { MergedRescue } from '../../../src/engine';
import { commandLine } from '../../support/cli/commandLine';

describe('The verb merge', () => {
  const cli = commandLine();

  function rescue(name: string, fill: number, ...statuses: string[]): void {
    writeFileSync(cli.path(name), Buffer.alloc(statuses.length * 512, fill));
    const blocks = statuses.map((status, sector) => `${sector * 512} 512 ${status}`);
    writeFileSync(cli.path(`${name}.map`), `0 + 1\n${blocks.join('\n')}\n`);
  }

  it('makes an image and its map of two, and tells what came of it', async () => {
    rescue('a.img', 1, '+', '-', '?', '-');
    rescue('b.img', 2, '-', '+', '?', '+');
    const text = await cli.ok('merge', 'a.img', 'b.img', 'new.img');
    assert.equal(text, 'Merged as new.img: 1.5 KiB of 2 KiB are rescued, 1 KiB of it only in b.img.\n');
    assert.deepEqual(
      [...readFileSync(cli.path('new.img'))].filter((_, i) => i % 512 === 0),
      [1, 2, 1, 2],
    );
    assert.match(readFileSync(cli.path('new.img.map'), 'latin1'), /^0x00000400 {2}0x00000200 {2}\?$/m);
    assert.deepEqual((await cli.run(['merge', 'a.img', 'b.img', 'new.img'])).code, 3);
  });

  it('says what differs, with exit code 1', async () => {
    rescue('a.img', 1, '+', '+', '-');
    rescue('b.img', 2, '-', '+', '-');
    const { code, stdout } = await cli.run(['merge', 'a.img', 'b.img', 'new.img']);
    assert.equal(code, 1);
    assert.match(
      stdout,
      /1 sector that both have differs, the first is sector 1: the first image's bytes were taken\./,
    );
    const merged = await cli.json<MergedRescue>(
      'merge',
      'a.img',
      'b.img',
      'other.img',
      '--second-map',
      'b.img.map',
    );
    assert.deepEqual([merged.differing, merged.takenBytes], [[[1, 1]], 0]);
  });

  it('names a map that is missing', async () => {
    rescue('a.img', 1, '+');
    writeFileSync(cli.path('b.img'), Buffer.alloc(512));
    const { code, stderr } = await cli.run(['merge', 'a.img', 'b.img', 'new.img']);
    assert.deepEqual([code, /b\.img\.map/.test(stderr)], [3, true]);
  });
});
