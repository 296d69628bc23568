import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { openImage } from '../../../../src/engine/block/image';
import { mergeRescues } from '../../../../src/engine/device/mergeRescues';
import type { BlockStatus } from '../../../../src/engine/mapfile/rescueBlocks';
import { needJudge } from '../../../support/judges';
import { parseText } from '../../../support/mapfile/mapfileText';
import { tempFolder } from '../../../support/tempFolder';

const SECTORS = 16;
const SIZE = SECTORS * 512;

type Statuses = readonly BlockStatus[];

describe('two rescues of one disk', () => {
  const folder = tempFolder();
  const paths = () => [folder.path('a.img'), folder.path('b.img'), folder.path('new.img')] as const;

  /** Writes an image of sectors, each filled with its number or another one, and its map. */
  function rescue(name: string, statuses: Statuses, fill: (sector: number) => number): void {
    const sectors = statuses.map((_, sector) => Buffer.alloc(512, fill(sector)));
    writeFileSync(folder.path(name), Buffer.concat(sectors));
    const blocks = statuses.map((status, sector) => `${sector * 512} 512 ${status}`);
    writeFileSync(folder.path(`${name}.map`), `# by hand\n0 + 1\n${blocks.join('\n')}\n`);
  }

  const merge = () => {
    const [image, other, target] = paths();
    return mergeRescues({ image }, { image: other }, target);
  };

  it('become one image and its map', async () => {
    rescue('a.img', ['+', '-', '+', '?', '+'], (sector) => sector);
    rescue('b.img', ['+', '+', '/', '/', '+'], (sector) =>
      sector < 4 ? sector + 16 * Number(sector === 0) : sector,
    );
    const target = folder.path('new.img');
    assert.deepEqual(await merge(), {
      path: target,
      map: `${target}.map`,
      bytes: 2560,
      rescuedBytes: 2048,
      takenBytes: 512,
      differing: [[0, 1]],
      differingSectors: 1,
    });
    const bytes = readFileSync(target);
    assert.deepEqual(
      [0, 1, 2, 3, 4].map((sector) => bytes[sector * 512]),
      [0, 1, 2, 3, 4],
    );
    assert.deepEqual(
      [...parseText(readFileSync(`${target}.map`, 'latin1')).blocks].map(({ start, status }) => [
        start,
        status,
      ]),
      [
        [0, '+'],
        [1536, '?'],
        [2048, '+'],
      ],
    );
  });

  it('stay as they are, and nothing is overwritten', async () => {
    rescue('a.img', ['+', '-'], () => 1);
    rescue('b.img', ['-', '+'], () => 2);
    const [image, other] = paths();
    const before = readdirSync(folder.path()).map((name) => readFileSync(folder.path(name), 'latin1'));
    for (const target of [image, other]) {
      await assert.rejects(mergeRescues({ image }, { image: other }, target), { code: 'EEXIST' });
    }
    const elsewhere = { image: other, map: `${folder.path('new.img')}.map` };
    copyFileSync(`${other}.map`, elsewhere.map);
    await assert.rejects(mergeRescues({ image }, elsewhere, folder.path('new.img')), { code: 'EEXIST' });
    const after = ['a.img', 'a.img.map', 'b.img', 'b.img.map'].map((name) =>
      readFileSync(folder.path(name), 'latin1'),
    );
    assert.deepEqual(after, before);
    assert.equal(readdirSync(folder.path()).length, 5);
  });

  it('leave nothing when it is cancelled', async () => {
    rescue('a.img', ['+'], () => 1);
    rescue('b.img', ['+'], () => 1);
    const [image, other, target] = paths();
    const signal = AbortSignal.abort();
    await assert.rejects(mergeRescues({ image }, { image: other }, target, { signal }), {
      code: 'ECANCELED',
    });
    assert.equal(readdirSync(folder.path()).length, 4);
  });

  it('need their maps', async () => {
    rescue('a.img', ['+'], () => 1);
    writeFileSync(folder.path('b.img'), Buffer.alloc(512));
    await assert.rejects(merge(), { code: 'ENOENT', message: /b\.img\.map/ });
  });

  it('are not read while they are in use', async () => {
    rescue('a.img', ['+'], () => 1);
    rescue('b.img', ['+'], () => 1);
    const open = await openImage(folder.path('b.img'));
    try {
      await assert.rejects(merge(), { code: 'EBUSY' });
    } finally {
      await open.close();
    }
  });

  it('may have other lengths, and holes', async () => {
    rescue('a.img', ['+', '?'], () => 1);
    rescue('b.img', ['?', '+'], () => 2);
    truncateSync(folder.path('a.img'), 512);
    const size = 300 * 2 ** 20;
    truncateSync(folder.path('b.img'), size);
    assert.equal((await merge()).bytes, size);
    const target = folder.path('new.img');
    assert.equal(
      readFileSync(target).compare(
        Buffer.concat([Buffer.alloc(512, 1), Buffer.alloc(512, 2)]),
        0,
        1024,
        0,
        1024,
      ),
      0,
    );
    assert.ok(statSync(target).blocks < 10_000 || process.platform === 'win32');
  });

  it('are what ddrescue and ddrescuelog make of them', async function () {
    this.timeout(60_000);
    needJudge(this, 'ddrescue');
    needJudge(this, 'ddrescuelog');
    const statuses = fc.array(fc.constantFrom<BlockStatus>('?', '*', '/', '-', '+'), {
      minLength: SECTORS,
      maxLength: SECTORS,
    });
    const [image, other, target] = paths();
    const run = (program: string, ...args: string[]): string => {
      const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'latin1' });
      assert.equal(status, 0, stderr);
      return stdout;
    };
    const blocksOf = (text: string) => [...parseText(text).blocks];
    const rescuedIn = (text: string) => blocksOf(text).filter(({ status }) => status === '+');
    await fc.assert(
      fc
        .asyncProperty(statuses, statuses, fc.nat(255), async (first, second, seed) => {
          rescue('a.img', first, (sector) => sector);
          rescue('b.img', second, (sector) => sector ^ (seed & sector));
          const { rescuedBytes } = await merge();
          const map = readFileSync(`${target}.map`, 'latin1');
          assert.deepEqual(blocksOf(map), blocksOf(run('ddrescuelog', '-z', `${other}.map`, `${image}.map`)));
          const [filled, filledMap] = [folder.path('judge.img'), folder.path('judge.map')];
          copyFileSync(image, filled);
          copyFileSync(`${image}.map`, filledMap);
          run('ddrescue', '-q', '-A', '-M', '-m', `${other}.map`, other, filled, filledMap);
          assert.deepEqual(readFileSync(target), readFileSync(filled));
          // It tries all that the other has, so it names the rest anew.
          assert.deepEqual(rescuedIn(map), rescuedIn(readFileSync(filledMap, 'latin1')));
          assert.equal(
            rescuedBytes,
            SIZE - first.filter((each, i) => each !== '+' && second[i] !== '+').length * 512,
          );
        })
        .afterEach(() => {
          for (const name of readdirSync(folder.path())) spawnSync('rm', ['-f', folder.path(name)]);
        }),
      { numRuns: 25 },
    );
  });
});
