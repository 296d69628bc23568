import { writeSync } from 'node:fs';
import { join } from 'node:path';
import { seededRandom } from '../../../src/engine/block/random';
import { Machine } from '../../../src/engine/machine/machine';
import { ToldWork, workSpec } from './toldWork';

/** Where it tells what it does: each line is in the pipe before the operation goes on. */
const PIPE = 3;

/** Started as a process of its own: works on a device until it is killed. */
async function work(folder: string, seed: number, version: number): Promise<void> {
  const machine = new Machine();
  await machine.create(workSpec((name) => join(folder, name)));
  const work = new ToldWork(machine, seededRandom(seed), tell, version);
  for (;;) await work.step();
}

function tell(line: string): void {
  const bytes = Buffer.from(`${line}\n`);
  for (let done = 0; done < bytes.length; ) {
    try {
      done += writeSync(PIPE, bytes, done);
    } catch (error) {
      // The parent has not read the pipe empty yet.
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }
}

const [folder = '', seed, version] = process.argv.slice(2);
void work(folder, Number(seed), Number(version));
