import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { randomInteger, seededRandom } from '../../src/engine/block/random';
import { commandLine, finished, type RunningServe, whenReady } from '../support/cli/commandLine';
import { FlushedWork } from '../support/cli/flushedWork';
import { RawClient } from '../support/export/rawClient';
import { needJudge } from '../support/judges';

const ROUNDS = Number(process.env.REMAP_SERVE_KILL_ROUNDS ?? 8);
const FIO_ROUNDS = 3;
const SEED = Number(process.env.REMAP_KILL_SEED ?? 1);
const MAIN_SECTORS = 262_144;
/** Blocks of 4 KiB that our client writes, among them bad ones. */
const BLOCKS = 2000;
const MAX_BATCHES = 150;
const FIO_BLOCK_BYTES = 4096;

/** A serve that is killed amid a client's writes: what a flush covered is there when the device is opened again. */
describe('A serve that is killed', () => {
  const cli = commandLine();

  async function createDevice(): Promise<void> {
    const sizes = ['--main-sectors', String(MAIN_SECTORS), '--spare-sectors', '16384'];
    await cli.ok('create', 'disk.remap', ...sizes);
    await cli.ok('inject', 'disk.remap', '--sectors', '1000-3000, 9000-9999, 100000+2000');
  }

  let serving: RunningServe | undefined;

  afterEach(() => serving && killed(serving));

  async function serve(): Promise<RunningServe> {
    serving = await whenReady(cli.start(['serve', 'disk.remap', '--socket', 'nbd.sock', '--json']));
    return serving;
  }

  async function killed({ child }: RunningServe): Promise<void> {
    child.kill('SIGKILL');
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  }

  async function client(): Promise<RawClient> {
    const connected = new RawClient({ path: cli.path('nbd.sock') });
    await connected.open('disk', { structured: false });
    return connected;
  }

  it(`amid writes of our client, loses nothing that was flushed, in ${ROUNDS} rounds`, async function () {
    this.timeout(60_000 + ROUNDS * 20_000);
    const random = seededRandom(SEED);
    await createDevice();
    const work = new FlushedWork(BLOCKS, random);
    for (let round = 0; round < ROUNDS; round++) {
      const killing = await serve();
      let left = 1 + randomInteger(random, MAX_BATCHES);
      await work.run(await client(), () => {
        if (--left === 0) killing.child.kill('SIGKILL');
      });
      await killed(killing);
      const again = await serve();
      const reading = await client();
      await work.check(reading);
      reading.vanish();
      const { code } = await again.end();
      assert.equal(code, 0, `seed ${SEED}, round ${round}`);
    }
    const { total } = await cli.json<{ total: number }>('list', 'disk.remap');
    console.log(`      seed ${SEED}: ${work.durableCount} blocks as they were flushed, ${total} remaps`);
    assert.ok(work.durableCount > 100 && total > 100);
  });

  describe('amid verified writes of fio', () => {
    before(function () {
      needJudge(this, 'fio');
    });

    function fio(...options: string[]) {
      const uri = `nbd+unix:///disk?socket=${cli.path('nbd.sock')}`;
      const work = [
        '--rw=randwrite',
        '--bs=4k',
        `--size=${MAIN_SECTORS * 512}`,
        '--fsync=8',
        '--verify=crc32c',
      ];
      const job = ['--name=work', '--ioengine=nbd', `--uri=${uri}`, ...work, '--randseed=7'];
      return spawn('fio', [...job, ...options], { cwd: cli.path(), stdio: ['ignore', 'pipe', 'pipe'] });
    }

    it(`loses nothing that was flushed, by fio's own verification, in ${FIO_ROUNDS} rounds`, async function () {
      this.timeout(300_000);
      const random = seededRandom(SEED);
      for (let round = 0; round < FIO_ROUNDS; round++) {
        for (const name of ['disk.remap', 'disk.img', 'disk-spare.img', 'disk.img.map', 'io.log']) {
          rmSync(cli.path(name), { force: true });
        }
        await createDevice();
        const killing = await serve();
        const writing = finished(fio('--do_verify=0', '--write_iolog=io.log'));
        await writesOf('disk.remap', 100 + randomInteger(random, 3000));
        await killed(killing);
        assert.notEqual((await writing).code, 0, 'fio was done before the serve was killed');
        const count = flushedWrites(cli.path('io.log'));
        assert.ok(count > 50, `only ${count} writes were flushed`);
        const again = await serve();
        const verify = await finished(fio('--verify_only', `--io_size=${count * FIO_BLOCK_BYTES}`));
        assert.equal(verify.code, 0, `round ${round}, ${count} writes: ${verify.stdout}${verify.stderr}`);
        assert.equal((await again.end()).code, 0);
      }
    });

    /** Waits until clients of the device have made so many writes. */
    async function writesOf(device: string, count: number): Promise<void> {
      const written = async () => Number((await cli.ok('status', device)).split(' ')[7]);
      while ((await written()) < count);
    }
  });
});

/**
 * The writes before the last flush that was answered for certain. fio logs a request when it makes it, and goes on after a
 * flush that failed: only a later request that it got an answer to, and went on from, shows that the flush had one.
 */
function flushedWrites(path: string): number {
  assert.ok(existsSync(path), 'fio has written its log');
  const actions = readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[2])
    .filter((action) => action === 'write' || action === 'sync');
  const last = actions.slice(0, -2).lastIndexOf('sync');
  return actions.slice(0, last + 1).filter((action) => action === 'write').length;
}
