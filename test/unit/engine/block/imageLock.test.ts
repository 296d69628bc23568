import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import { hostname, uptime } from 'node:os';
import { createImage, openImage } from '../../../../src/engine/block/image';
import { lockPathOf, requireFree } from '../../../../src/engine/block/imageLock';
import { releaseLockFile, takeLockFile } from '../../../../src/engine/block/lockFile';
import { currentOwner, type LockOwner } from '../../../../src/engine/block/lockOwner';
import { nodeFiles } from '../../../../src/engine/outside/fileSystem';
import { nodeHost } from '../../../../src/engine/outside/host';
import { errno } from '../../../support/block/faultyIo';
import { imageProcesses } from '../../../support/block/imageProcess';
import { need, needing } from '../../../support/needs';
import { putFiles, putHost } from '../../../support/outside/putDoors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { tempFolder } from '../../../support/tempFolder';
import { turn } from '../../../support/turns';

describe('the lock of an image', () => {
  const folder = tempFolder();
  const processes = imageProcesses();
  let path = '';

  beforeEach(async () => {
    path = folder.path('main.img');
    await createImage(path, 100);
  });

  /** Only the image is in the folder: no file of any lock is left. */
  function assertClean(...expected: string[]): void {
    assert.deepEqual(fs.readdirSync(folder.path()).sort(), ['main.img', ...expected].sort());
  }

  /** A lock file as another owner left it. */
  async function leaveLock(owner: Partial<LockOwner>): Promise<void> {
    const whole = { ...(await currentOwner('0123456789ab')), ...owner };
    fs.writeFileSync(lockPathOf(path), JSON.stringify(whole));
  }

  async function assertOpens(): Promise<void> {
    await (await openImage(path)).close();
    assertClean();
  }

  describe('within a process', () => {
    it('is a file beside the image that names its owner, and goes when the image is closed', async () => {
      const image = await openImage(path);
      const owner = JSON.parse(fs.readFileSync(folder.path('.main.img.lock'), 'utf8')) as LockOwner;
      assert.equal(owner.pid, process.pid);
      assert.equal(owner.host, hostname());
      assertClean('.main.img.lock');
      await image.close();
      assertClean();
    });

    it(
      'refuses a second opener, under any name, and leaves the first alone',
      needing('symlinks', async () => {
        fs.symlinkSync(path, folder.path('symbolic.img'));
        fs.mkdirSync(folder.path('sub'));
        fs.linkSync(path, folder.path('sub/hard.img'));
        const image = await openImage(path);
        for (const name of ['main.img', 'symbolic.img', 'sub/hard.img', 'sub/../main.img']) {
          const again = folder.path(name);
          const error = await assertFailsWith(
            openImage(again),
            'EBUSY',
            /already open in this process \(\d+\)/,
          );
          assert.ok(error.message.startsWith(again));
          assert.equal(error.details.pid, process.pid);
        }
        await image.write(0, new Uint8Array(512));
        await image.close();
        assert.deepEqual(fs.readdirSync(folder.path('sub')), ['hard.img']);
        await (await openImage(folder.path('symbolic.img'))).close();
        assertClean('sub', 'symbolic.img');
      }),
    );

    it('lets exactly one of many openers in', async () => {
      const results = await Promise.allSettled(Array.from({ length: 20 }, () => openImage(path)));
      const images = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      assert.equal(images.length, 1);
      await images[0]!.close();
      await assertOpens();
    });

    it('is not asked for by readers, nor in their way', async () => {
      const reader = await openImage(path, { readOnly: true });
      const image = await openImage(path);
      const second = await openImage(path, { readOnly: true });
      assertClean('.main.img.lock');
      await Promise.all([reader.close(), second.close(), image.close()]);
      assertClean();
    });

    it('is asked for without being taken', async () => {
      await requireFree(path);
      await leaveLock({ pid: 2 ** 22 + 1 });
      await requireFree(path);
      assertClean('.main.img.lock');
      const image = await openImage(path);
      await assertFailsWith(requireFree(path), 'EBUSY', /already open in this process/);
      await image.close();
      fs.writeFileSync(lockPathOf(path), '');
      await assertFailsWith(requireFree(path), 'EBUSY', /names no process/);
      fs.rmSync(lockPathOf(path));
      assertClean();
    });

    it('is given back when the image is refused for another reason', async () => {
      await assert.rejects(openImage(path, { expectedSectorCount: 7 }), { code: 'EINVAL' });
      await assertOpens();
    });

    it('is not removed on close when another owner has it by now', async () => {
      const image = await openImage(path);
      await leaveLock({ nonce: 'anotherowner' });
      await image.close();
      assertClean('.main.img.lock');
    });
  });

  describe('left by another owner', () => {
    it('is taken over from a process that is gone', async () => {
      const gone = spawn(process.execPath, ['-e', '']);
      await once(gone, 'exit');
      await leaveLock({ pid: gone.pid!, startTime: null });
      await assertOpens();
    });

    it(
      'is taken over from an earlier process of the same number',
      needing('proc', async () => {
        await leaveLock({ pid: process.ppid, startTime: '1' });
        await assertOpens();
      }),
    );

    it('is taken over from an earlier process that had our own number', async () => {
      await leaveLock({});
      await assertOpens();
    });

    it('is taken over from before a reboot', async () => {
      putHost({ machineId: async () => 'ours' });
      const bootId = (await nodeHost.bootId()) && 'another boot';
      await leaveLock({ pid: process.ppid, startTime: null, bootId, uptime: uptime() + 3600 });
      await assertOpens();
    });

    it('is taken over when a take-over was itself cut short, twice', async () => {
      await leaveLock({});
      fs.writeFileSync(
        `${lockPathOf(path)}.0123456789ab.claim`,
        JSON.stringify(await currentOwner('bbbbbbbbbbbb')),
      );
      fs.writeFileSync(
        `${lockPathOf(path)}.bbbbbbbbbbbb.claim`,
        JSON.stringify(await currentOwner('cccccccccccc')),
      );
      await assertOpens();
    });

    it("is ours though another program is in the way of our contender's files", async () => {
      const held = async (name: string): Promise<void> => {
        if (/\.(?:tmp|claim)$/.test(name)) throw errno('EPERM');
        return nodeFiles.unlink(name);
      };
      for (const dead of [false, true]) {
        if (dead) await leaveLock({ pid: 2 ** 22 + 1 });
        putFiles({ unlink: held });
        const image = await openImage(path);
        await assertFailsWith(openImage(path), 'EBUSY', /already open in this process/);
        await image.close();
        assert.ok(!fs.existsSync(lockPathOf(path)));
        putFiles({ unlink: nodeFiles.unlink });
      }
    });

    it('is taken, refused and taken over alike where there are no hard links', async () => {
      const lockPath = lockPathOf(path);
      const held = new Set(['aaaaaaaaaaaa', 'bbbbbbbbbbbb', 'cccccccccccc']);
      putFiles({ link: () => Promise.reject(errno('EPERM')) });
      const take = async (nonce: string) =>
        takeLockFile(lockPath, await currentOwner(nonce), {
          isHeld: (other) => held.has(other),
          isReleased: () => false,
        });
      assert.deepEqual(await take('aaaaaaaaaaaa'), { holder: undefined, isWeak: true });
      const { holder, isWeak } = await take('bbbbbbbbbbbb');
      assert.ok(!isWeak);
      assert.ok(holder !== undefined && holder !== 'unreadable' && holder.nonce === 'aaaaaaaaaaaa');
      held.delete('aaaaaaaaaaaa');
      assert.equal((await take('cccccccccccc')).holder, undefined);
      assertClean('.main.img.lock');
      await releaseLockFile(lockPath, 'aaaaaaaaaaaa');
      assertClean('.main.img.lock');
      await releaseLockFile(lockPath, 'cccccccccccc');
      assertClean();
    });

    it('is respected while a process of that number runs and nothing tells it from the owner', async () => {
      await leaveLock({ pid: process.ppid, startTime: null });
      const error = await assertFailsWith(
        openImage(path),
        'EBUSY',
        /in use by process \d+: close it there \(another window\?\) first; if that process is another program, delete /,
      );
      assert.equal(error.details.pid, process.ppid);
      assert.equal(error.details.lockPath, lockPathOf(path));
      assertClean('.main.img.lock');
    });

    it('is respected when another host or container left it, and says how to remove it', async () => {
      const elsewhere = { bootId: null, machineId: 'another', platform: 'win32', host: 'desk' };
      for (const owner of [elsewhere, { pidNamespace: 'pid:[1]' }]) {
        await leaveLock(owner);
        const error = await assertFailsWith(
          openImage(path),
          'EBUSY',
          /in use by process \d+ on (?:desk \(Windows\)|\S+), which can't be asked from here: if it is gone, delete /,
        );
        assert.ok(error.message.includes(lockPathOf(path)));
      }
      assertClean('.main.img.lock');
      fs.unlinkSync(lockPathOf(path));
      await assertOpens();
    });

    it('is respected when its content is not that of a lock file', async () => {
      for (const text of [
        '',
        '{}',
        '[1]',
        'null',
        '{"pid":0,"host":"a","nonce":"b"}',
        '{"pid":1,"host":"a","nonce":"../b"}',
      ]) {
        fs.writeFileSync(lockPathOf(path), text);
        const error = await assertFailsWith(
          openImage(path),
          'EBUSY',
          /names no process: if nothing uses the image, delete /,
        );
        assert.ok(error.message.includes(lockPathOf(path)));
        assert.equal(fs.readFileSync(lockPathOf(path), 'utf8'), text);
      }
    });
  });

  describe('among processes', function () {
    this.timeout(60_000);

    it('refuses the second process and names the first', async () => {
      const other = await processes.start();
      assert.deepEqual(await other.ask({ kind: 'open', path }), { ok: true });
      const error = await assertFailsWith(
        openImage(path),
        'EBUSY',
        /main\.img is in use by process \d+: close it there/,
      );
      assert.equal(error.details.pid, other.pid);
      await other.ask({ kind: 'close' });
      const image = await openImage(path);
      const answer = await other.ask({ kind: 'open', path });
      assert.ok(!answer.ok && answer.code === 'EBUSY' && answer.pid === process.pid, JSON.stringify(answer));
      await image.close();
      assertClean();
    });

    it('survives a killed owner: the next one takes it over', async () => {
      const other = await processes.start();
      await other.ask({ kind: 'open', path });
      await other.kill();
      assertClean('.main.img.lock');
      await assertOpens();
    });

    it('is taken over from a killed process that is still a zombie', async function () {
      need(this, 'proc');
      const zombie = await startZombie();
      await leaveLock({ pid: zombie.pid, startTime: zombie.startTime });
      await assertOpens();
      zombie.parent.kill('SIGKILL');
      await once(zombie.parent, 'exit');
    });

    it('goes when its owner exits without closing the image', async () => {
      const other = await processes.start();
      await other.ask({ kind: 'open', path });
      await other.exit();
      assertClean();
    });

    it('goes to exactly one of eight that contend for the lock of a dead one', async () => {
      const contenders = await processes.startMany(8);
      for (let round = 0; round < 10; round++) {
        await leaveLock({ nonce: `dead-${round}`, pid: 2 ** 22 + 1, startTime: null });
        const answers = await Promise.all(contenders.map((one) => one.ask({ kind: 'open', path })));
        const winners = answers.flatMap((answer, i) => (answer.ok ? [contenders[i]!] : []));
        assert.equal(winners.length, 1, JSON.stringify(answers));
        assert.ok(
          answers.every((answer) => answer.ok || answer.code === 'EBUSY'),
          JSON.stringify(answers),
        );
        await winners[0]!.ask({ kind: 'close' });
        assertClean();
      }
    });

    it('never has two owners while eight processes open and close as fast as they can', async () => {
      const contenders = await processes.startMany(8);
      const answers = await Promise.all(contenders.map((one) => one.ask({ kind: 'fight', path, times: 50 })));
      assert.ok(
        answers.every((answer) => answer.ok),
        JSON.stringify(answers),
      );
      assert.ok(answers.some((answer) => answer.ok && answer.value! > 0));
      assertClean();
    });

    it(
      'never has two owners while some of the contenders are killed',
      needing('openFilesGo', async () => {
        for (let round = 0; round < 3; round++) {
          const victims = await processes.startMany(4);
          const survivors = await processes.startMany(4);
          for (const one of victims) void one.ask({ kind: 'fight', path, times: 1_000_000 });
          const fights = survivors.map((one) => one.ask({ kind: 'fight', path, times: 60 }));
          for (const one of victims) {
            await new Promise((resolve) => setTimeout(resolve, 30));
            await one.kill();
          }
          const answers = await Promise.all(fights);
          assert.ok(
            answers.every((answer) => answer.ok),
            JSON.stringify(answers),
          );
          await (await openImage(path)).close();
          assert.ok(!fs.existsSync(lockPathOf(path)));
        }
      }),
    );
  });
});

/** A process that was killed and whose parent does not wait for it: a zombie. */
async function startZombie(): Promise<{ parent: ChildProcess; pid: number; startTime: string }> {
  const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [text] = (await once(parent.stdout!, 'data')) as [Buffer];
  const pid = Number(text.toString());
  // The shell would wait for its child. The program that it becomes does not.
  while (fs.readFileSync(`/proc/${parent.pid}/comm`, 'latin1') !== 'sleep\n') await turn();
  process.kill(pid, 'SIGKILL');
  for (;;) {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return { parent, pid, startTime: fields[19]! };
    await turn();
  }
}
