import assert from 'node:assert/strict';
import { copyFileSync, existsSync } from 'node:fs';
import { seededRandom } from '../../src/engine/block/random';
import { RemapError } from '../../src/engine/errors';
import { Machine } from '../../src/engine/machine/machine';
import { doors } from '../../src/engine/outside/doors';
import type { FileSystem } from '../../src/engine/outside/fileSystem';
import { errno } from '../support/block/faultyIo';
import { ADAPTERS } from '../support/outside/adapters';
import { putFiles } from '../support/outside/putDoors';
import { wrapFile, wrapOpen } from '../support/outside/wrapFile';
import { checkTold } from '../support/proof/toldCheck';
import { ToldModel } from '../support/proof/toldModel';
import { createWorkImages, ToldWork, WORKED_SECTORS, workSpec } from '../support/proof/toldWork';
import { tempFolder } from '../support/tempFolder';

const ROUNDS = Number(process.env.REMAP_ADAPTER_ROUNDS) || 2;
const SEED = Number(process.env.REMAP_ADAPTER_SEED ?? 1);
const STEPS = 25;

/** Calls that save something, each of which fails once at one of its turns. */
const SAVING = ['open', 'rename', 'unlink', 'link', 'sync', 'write'] as const;
type Saving = (typeof SAVING)[number];
/** Steps of the work in which a call fails. */
const FAILING_STEPS = 6;

describe('Whatever the file system', function () {
  this.timeout(300_000);
  const folder = tempFolder();
  const pathIn = (place: string) => (name: string) => folder.path(`${place}-${name}`);

  for (const { name, put } of ADAPTERS) {
    it(`${name}: no acknowledged write is lost in ${ROUNDS} rounds, nor by a power cut amid them`, async () => {
      put();
      for (let round = 0; round < ROUNDS; round++) await playRound(round);
    });

    it(`${name}: where one save fails, all later ones succeed`, async () => {
      put();
      const files = doors.files;
      for (const saving of SAVING) {
        for (let turn = 1; await failOnce(files, saving, turn); turn *= 2) putFiles(files);
      }
    });
  }

  /** Works, copies the images amid it as a power cut leaves them, and opens first the copy and then the images anew. */
  async function playRound(round: number): Promise<void> {
    const about = `seed ${SEED}, round ${round}`;
    const random = seededRandom(SEED * 1000 + round);
    const path = pathIn(`round${round}`);
    const [model, cutModel] = [new ToldModel(WORKED_SECTORS), new ToldModel(WORKED_SECTORS)];
    const spec = workSpec(path);
    await createWorkImages(spec);
    const machine = new Machine(round % 2 === 0 ? {} : { cacheBytes: 0 });
    await machine.create(spec);
    let isCut = false;
    const tell = (line: string): void => {
      model.take(line);
      if (!isCut) cutModel.take(line);
    };
    const work = new ToldWork(machine, random, tell, 0, (error) => assert.fail(`${about}: ${error}`));
    for (let step = 0; step < STEPS; step++) {
      await work.step();
      if (step !== STEPS >> 1) continue;
      isCut = true;
      for (const file of ['main.img', 'main.img.map', 'spare.img', 'spare.img.map'])
        if (existsSync(path(file))) copyFileSync(path(file), path(`cut-${file}`));
    }
    cutModel.killed();
    await machine.close();
    await check(
      workSpec((file) => path(`cut-${file}`)),
      cutModel,
      `${about}, cut`,
    );
    await check(spec, model, about);
  }

  /** One call fails. The device flushes after it, and holds what it told. Returns whether there was such a call. */
  async function failOnce(files: FileSystem, saving: Saving, turn: number): Promise<boolean> {
    const about = `${saving} ${turn}`;
    const spec = workSpec(pathIn(about.replace(' ', '')));
    await createWorkImages(spec);
    const machine = new Machine();
    await machine.create(spec);
    const model = new ToldModel(WORKED_SECTORS);
    const failing = new FailingOnce(files, saving, turn);
    putFiles(failing.files);
    const work = new ToldWork(
      machine,
      seededRandom(SEED + turn),
      (line) => model.take(line),
      0,
      (error) => assert.ok(error instanceof RemapError, `${about}: ${error}`),
    );
    for (let step = 0; step < FAILING_STEPS; step++) await work.step();
    const device = machine.device('disk')!;
    model.take('inject last 1 1');
    await device.injectErrors({ sectors: [[1, 1]], mode: 'error' }).catch(() => undefined);
    failing.turn = 0;
    await device.flush();
    await machine.close();
    putFiles(files);
    await check(spec, model, about);
    return failing.hasFailed;
  }

  async function check(spec: ReturnType<typeof workSpec>, model: ToldModel, about: string): Promise<void> {
    const again = new Machine();
    await checkTold(await again.create(spec), model, about);
    await again.close();
  }
});

/** A file system one call of which fails at its turn. */
class FailingOnce {
  hasFailed = false;

  constructor(
    private readonly base: FileSystem,
    private readonly saving: Saving,
    public turn: number,
  ) {}

  get files(): Partial<FileSystem> {
    const { rename, unlink, link } = this.base;
    return {
      rename: (from, to) => this.#call('rename', () => rename(from, to)),
      unlink: (path) => this.#call('unlink', () => unlink(path)),
      link: (existing, added) => this.#call('link', () => link(existing, added)),
      open: async (...args) =>
        this.#call('open', () =>
          wrapOpen(this.base, (file) =>
            wrapFile(file, {
              sync: () => this.#call('sync', () => file.sync()),
              datasync: () => this.#call('sync', () => file.datasync()),
              appendFile: (data, options) => this.#call('write', () => file.appendFile(data, options)),
            }),
          )(...args),
        ),
    };
  }

  async #call<T>(saving: Saving, act: () => Promise<T>): Promise<T> {
    if (saving === this.saving && --this.turn === 0) {
      this.hasFailed = true;
      throw errno('EIO');
    }
    return act();
  }
}
