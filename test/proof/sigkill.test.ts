import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import type { Readable } from 'node:stream';
import { type Random, randomInteger, seededRandom } from '../../src/engine/block/random';
import { Machine } from '../../src/engine/machine/machine';
import { childProgram } from '../support/childProgram';
import { checkTold } from '../support/proof/toldCheck';
import { ToldModel } from '../support/proof/toldModel';
import { createWorkImages, WORKED_SECTORS, workSpec } from '../support/proof/toldWork';
import { tempFolder } from '../support/tempFolder';

const ROUNDS = Number(process.env.REMAP_KILL_ROUNDS ?? 50);
const SEED = Number(process.env.REMAP_KILL_SEED ?? 1);
/** So many rounds go on with the same images. */
const ROUNDS_ON_IMAGES = 10;
/** A process is killed after it has told this many lines at the most. */
const MAX_LINES = 400;

describe('A process that is killed amid writes, remaps, injections and reloads', () => {
  const folder = tempFolder();
  const program = childProgram('proof/killedChild.ts');

  /** Lets a process work until it is killed, and gives the lines that it told. */
  async function killedWork(seed: number, version: number, random: Random): Promise<string[]> {
    const child = spawn(process.execPath, [program.path, folder.path(), String(seed), String(version)], {
      stdio: ['ignore', 'inherit', 'inherit', 'pipe'],
    });
    const mayTell = randomInteger(random, MAX_LINES);
    let told = '';
    let lineCount = 0;
    const pipe = child.stdio[3] as Readable;
    pipe.setEncoding('utf8').on('data', (text: string) => {
      told += text;
      lineCount += text.split('\n').length - 1;
      if (lineCount > mayTell) child.kill('SIGKILL');
    });
    const [[, signal]] = await Promise.all([once(child, 'exit'), once(pipe, 'close')]);
    assert.equal(signal, 'SIGKILL', `the process with seed ${seed} ended by itself`);
    return told.split('\n').slice(0, -1);
  }

  it(`loses no acknowledged write in ${ROUNDS} rounds`, async function () {
    this.timeout(60_000 + ROUNDS * 5000);
    const random = seededRandom(SEED);
    let [model, version, read, unreadable, lines] = [new ToldModel(WORKED_SECTORS), 0, 0, 0, 0];
    const spec = workSpec((name) => folder.path(name));
    for (let round = 0; round < ROUNDS; round++) {
      if (round % ROUNDS_ON_IMAGES === 0) {
        for (const name of fs.readdirSync(folder.path())) fs.rmSync(folder.path(name));
        await createWorkImages(spec);
        model = new ToldModel(WORKED_SECTORS);
      }
      const seed = SEED * 1_000_000 + round;
      const told = await killedWork(seed, version, random);
      for (const line of told) model.take(line);
      model.killed();
      version += told.length;
      const machine = new Machine();
      const device = await machine.create(spec);
      const checked = await checkTold(device, model, `seed ${SEED}, round ${round}`);
      read += checked.read;
      unreadable += checked.unreadable;
      lines += told.length;
      await machine.close();
      const names = fs.readdirSync(folder.path()).filter((name) => !/^(main|spare)\.img(\.map)?$/.test(name));
      assert.deepEqual(names, [], `seed ${SEED}, round ${round}: files are left`);
    }
    console.log(
      `      seed ${SEED}: ${lines} operations told, ${read} sectors as they may be, ${unreadable} bad ones`,
    );
  });
});
