import assert from 'node:assert/strict';
import { open, truncate, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { compareDisks } from '../../../../src/engine/device/compareDisks';
import { openVolumeTarget } from '../../../../src/engine/device/volumeTarget';
import { need } from '../../../support/needs';
import { tempFolder } from '../../../support/tempFolder';

const GB = 1e9;

describe('two disks', () => {
  const folder = tempFolder();
  const paths = () => [folder.path('a.img'), folder.path('b.img')] as const;

  async function compare(signal?: AbortSignal) {
    const [one, other] = paths();
    const targets = [await openVolumeTarget(one), await openVolumeTarget(other)] as const;
    try {
      return await compareDisks(...targets, { signal });
    } finally {
      await Promise.all(targets.map((target) => target.close()));
    }
  }

  /** Writes an image whose sectors are filled with these numbers. */
  const image = (path: string, sectors: readonly number[]) =>
    writeFile(path, Buffer.concat(sectors.map((fill) => Buffer.alloc(512, fill))));

  /** Writes a map in which these sectors have a status. */
  function map(path: string, statuses: string): Promise<void> {
    const lines = [...statuses].map((status, sector) => `${sector * 512} 512 ${status}`);
    return writeFile(`${path}.map`, `0 + 1\n${lines.join('\n')}\n`);
  }

  it('differ in the sectors that are told', async () => {
    const [one, other] = paths();
    await image(one, [1, 2, 3, 4, 5]);
    await image(other, [1, 9, 9, 4, 9, 7]);
    assert.deepEqual(await compare(), {
      firstSectorCount: 5,
      secondSectorCount: 6,
      equalSectors: 2,
      differing: [
        [1, 2],
        [4, 1],
      ],
      differingSectors: 3,
      unreadable: [],
      unreadableSectors: 0,
      unreadableInFirst: [],
      unreadableInSecond: [],
    });
  });

  it('are never equal, and not known to differ, where one of them can not be read', async () => {
    const [one, other] = paths();
    await image(one, [1, 1, 1, 1]);
    await image(other, [1, 1, 2, 1]);
    await map(one, '+-++');
    await map(other, '++??');
    const found = await compare();
    assert.deepEqual([found.equalSectors, found.differingSectors, found.unreadableSectors], [1, 0, 3]);
    assert.deepEqual(found.unreadable, [[1, 3]]);
    assert.deepEqual([found.unreadableInFirst, found.unreadableInSecond], [[[1, 1]], [[2, 2]]]);
  });

  it('are compared as any two lists of sectors', async () => {
    const [one, other] = paths();
    const sectors = fc.array(fc.tuple(fc.nat(2), fc.constantFrom('+', '+', '-', '?')), {
      minLength: 1,
      maxLength: 12,
    });
    await fc.assert(
      fc.asyncProperty(sectors, sectors, async (first, second) => {
        for (const [path, list] of [
          [one, first],
          [other, second],
        ] as const) {
          await image(
            path,
            list.map(([fill]) => fill),
          );
          await map(path, list.map(([, status]) => status).join(''));
        }
        const counts = { equal: 0, differing: 0, unreadable: 0 };
        first.slice(0, second.length).forEach(([fill, status], index) => {
          const [otherFill, otherStatus] = second[index]!;
          if (status !== '+' || otherStatus !== '+') counts.unreadable++;
          else if (fill === otherFill) counts.equal++;
          else counts.differing++;
        });
        const found = await compare();
        assert.deepEqual(
          {
            equal: found.equalSectors,
            differing: found.differingSectors,
            unreadable: found.unreadableSectors,
          },
          counts,
        );
      }),
      { numRuns: 50 },
    );
  });

  it('of 100 GB are compared by what they hold, with unreadable sectors in holes told apart', async function () {
    need(this, 'askedHoles');
    this.timeout(60_000);
    const [one, other] = paths();
    for (const [path, at] of [
      [one, 50 * GB],
      [other, 70 * GB],
    ] as const) {
      const file = await open(path, 'w');
      await file.truncate(100 * GB);
      await file.write(Buffer.alloc(512, 7), 0, 512, Math.floor(at / 512) * 512);
      await file.close();
    }
    await writeFile(`${one}.map`, `0 + 1\n0 512 -\n512 ${100 * GB - 512} +\n`);
    const found = await compare();
    assert.deepEqual(
      found.differing,
      [
        [50 * GB, 1],
        [70 * GB, 1],
      ].map(([at, count]) => [Math.floor(at! / 512), count]),
    );
    assert.deepEqual(found.unreadable, [[0, 1]]);
  });

  it('are compared from one sector of each on, and what is found is told', async () => {
    const [one, other] = paths();
    await image(one, [9, 9, 1, 2, 3, 4, 5]);
    await image(other, [8, 1, 7, 3, 4, 6, 5]);
    await map(other, '+++-+++');
    const targets = [await openVolumeTarget(one), await openVolumeTarget(other)] as const;
    const told: [string, number, number][] = [];
    const found = await compareDisks(...targets, {
      part: { first: 2, second: 1, sectorCount: 5 },
      onDiffering: (first, count) => told.push(['differs', first, count]),
      onUnreadable: (first, count) => told.push(['unknown', first, count]),
    }).finally(() => Promise.all(targets.map((target) => target.close())));
    assert.deepEqual(told, [
      ['differs', 1, 1],
      ['differs', 4, 1],
      ['unknown', 2, 1],
    ]);
    assert.deepEqual([found.equalSectors, found.unreadableInSecond], [2, [[2, 1]]]);
  });

  it('are no longer compared once that is cancelled', async () => {
    for (const path of paths()) await image(path, [1]);
    await assert.rejects(compare(AbortSignal.abort()), { code: 'ECANCELED' });
  });

  it('may be a hole and zeros', async () => {
    const [one, other] = paths();
    await writeFile(one, Buffer.alloc(20 * 2 ** 20));
    await writeFile(other, '');
    await truncate(other, 20 * 2 ** 20);
    assert.equal((await compare()).equalSectors, 40_960);
  });
});
