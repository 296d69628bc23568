import assert from 'node:assert/strict';
import { open, writeFile } from 'node:fs/promises';
import { DataRuns, findDataRuns, findEmptyRuns } from '../../../../src/engine/block/dataRuns';
import { dataRuns } from '../../../../src/engine/outside/dataRuns';
import { need } from '../../../support/needs';
import { tempFolder } from '../../../support/tempFolder';

const MIB = 2 ** 20;

describe('the data runs of a file', () => {
  const folder = tempFolder();

  async function sparse(size: number, ...data: number[]): Promise<string> {
    const path = folder.path('sparse.img');
    const file = await open(path, 'w');
    await file.truncate(size);
    for (const at of data) await file.write(Buffer.alloc(4096, 7), 0, 4096, at);
    await file.sync();
    await file.close();
    return path;
  }

  it('lead from one to the next, in any order of asking', () => {
    const runs = new DataRuns(Float64Array.of(10, 20, 40, 50));
    assert.deepEqual(
      [0, 10, 19, 20, 45, 50, 15].map((at) => runs.nextData(at)),
      [10, 10, 19, 40, 45, Number.POSITIVE_INFINITY, 15],
    );
  });

  it('end where they end', () => {
    const runs = new DataRuns(Float64Array.of(10, 20, 40, 50));
    assert.deepEqual(
      [5, 10, 19, 20, 45, 60].map((at) => runs.endOfData(at)),
      [5, 20, 20, 20, 50, 60],
    );
  });

  it('are what empty sectors leave of a disk', () => {
    const runs = DataRuns.beside(
      [
        [0, 2],
        [5, 1],
        [9, 3],
      ],
      10,
    );
    const next = [0, 2, 5, 8].map((sector) => runs.nextData(sector * 512) / 512);
    assert.deepEqual(next, [2, 2, 6, 8]);
    assert.equal(runs.nextData(9 * 512), Number.POSITIVE_INFINITY);
    assert.equal(runs.and([[9 * 512, 512]]).nextData(9 * 512), 9 * 512);
    assert.equal(DataRuns.beside([], 10).nextData(9 * 512), 9 * 512);
  });

  it('have others among them', () => {
    const runs = new DataRuns(Float64Array.of(10, 20, 40, 50)).and([
      [25, 5],
      [18, 4],
    ]);
    assert.deepEqual(
      [0, 21, 22, 26, 30, 60].map((at) => runs.nextData(at)),
      [10, 21, 25, 26, 40, Number.POSITIVE_INFINITY],
    );
    assert.equal(
      DataRuns.everywhere()
        .and([[1, 2]])
        .nextData(7),
      7,
    );
  });

  it('are those that the file system tells', async function () {
    need(this, 'askedHoles');
    const path = await sparse(200 * MIB, 50 * MIB, 50 * MIB + 8192, 120 * MIB);
    const bounds = await dataRuns(path);
    assert.deepEqual([...bounds!], [50 * MIB, 50 * MIB + 12_288, 120 * MIB, 120 * MIB + 4096]);
    const runs = await findDataRuns(path);
    assert.equal(runs.nextData(0), 50 * MIB);
    assert.equal(runs.nextData(121 * MIB), Number.POSITIVE_INFINITY);
  });

  it('begin with the file, and end with it', async function () {
    need(this, 'askedHoles');
    const size = 100 * MIB;
    const bounds = await dataRuns(await sparse(size, 0, size - 4096));
    assert.deepEqual([...bounds!], [0, 4096, size - 4096, size]);
    assert.deepEqual([...(await dataRuns(await sparse(size)))!], []);
  });

  it('are the whole file where it is small', async () => {
    const path = folder.path('small.img');
    await writeFile(path, 'text');
    assert.equal((await findDataRuns(path)).nextData(1), 1);
  });

  it('are not told of a file that is not there', async () => {
    assert.equal(await dataRuns(folder.path('missing.img')), null);
  });

  it('leave the sectors between them empty, the last one of a file that is not whole sectors too', async function () {
    need(this, 'askedHoles');
    const path = await sparse(200 * MIB + 100, 50 * MIB + 4096, 120 * MIB);
    const runs = await findEmptyRuns(path);
    const sectors = (bytes: number) => bytes / 512;
    const after = sectors(120 * MIB + 4096);
    assert.deepEqual(runs, [
      [0, sectors(50 * MIB + 4096)],
      [sectors(50 * MIB + 8192), sectors(70 * MIB - 8192)],
      [after, sectors(200 * MIB) + 1 - after],
    ]);
    assert.deepEqual(await findEmptyRuns(await sparse(MIB * 2)), [[0, 4096]]);
  });
});
