import assert from 'node:assert/strict';
import fs from 'node:fs';
import { type Random, randomInteger, seededRandom } from '../../src/engine/block/random';
import { isHostFull, RemapError } from '../../src/engine/errors';
import { Machine } from '../../src/engine/machine/machine';
import { checkTold } from '../support/proof/toldCheck';
import { ToldModel } from '../support/proof/toldModel';
import { createWorkImages, ToldWork, WORKED_SECTORS, workSpec } from '../support/proof/toldWork';
import { type SmallDisk, smallDisk } from '../support/smallDisk';

const ROUNDS = Number(process.env.REMAP_FULL_ROUNDS ?? 24);
const SEED = Number(process.env.REMAP_FULL_SEED ?? 1);
const STEPS = 40;

describe('A file system that is full from time to time', () => {
  const disk = smallDisk(4);

  it(`loses no acknowledged write in ${ROUNDS} rounds`, async function () {
    this.timeout(60_000 + ROUNDS * 5000);
    let refused = 0;
    for (let round = 0; round < ROUNDS; round++) refused += await playRound(disk, round);
    console.log(`      seed ${SEED}: ${refused} operations found no room`);
    assert.ok(refused > ROUNDS, 'the disk was hardly ever full');
  });
});

/** Works on new images while the disk fills and empties; then opens them anew. Returns how many operations found no room. */
async function playRound(disk: SmallDisk, round: number): Promise<number> {
  const about = `seed ${SEED}, round ${round}`;
  const random = seededRandom(SEED * 1000 + round);
  const spec = workSpec((name) => disk.path(name));
  await createWorkImages(spec);
  const model = new ToldModel(WORKED_SECTORS);
  // Every other round without a cache: a write meets the full disk itself then.
  const machine = new Machine(round % 2 === 0 ? {} : { cacheBytes: 0 });
  await machine.create(spec);
  let refused = 0;
  const work = new ToldWork(
    machine,
    random,
    (line) => model.take(line),
    0,
    (error) => {
      assert.ok(isExpected(error), `${about}: ${error}`);
      if (isHostFull(error)) refused++;
    },
  );
  for (let step = 0; step < STEPS; step++) {
    fillOrEmpty(disk, random);
    await work.step();
  }
  disk.makeRoom();
  await machine.device('disk')!.flush();
  model.take('flush end');
  model.take('! end');
  await machine.close();
  const again = new Machine();
  await checkTold(await again.create(spec), model, about);
  await again.close();
  for (const name of fs.readdirSync(disk.path())) fs.rmSync(disk.path(name));
  return refused;
}

function fillOrEmpty(disk: SmallDisk, random: Random): void {
  const chance = random();
  if (chance < 0.15) disk.fill(randomInteger(random, 3) * 4096);
  else if (chance < 0.3) disk.makeRoom();
}

/** No room on the file system, no sector to move, or one that is moved already. */
function isExpected(error: unknown): boolean {
  return isHostFull(error) || (error instanceof RemapError && ['EEXIST', 'EIO'].includes(error.code));
}
