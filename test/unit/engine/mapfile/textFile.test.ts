import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import {
  chmod,
  type FileHandle,
  lstat,
  mkdtemp,
  open,
  readdir,
  readFile,
  rm,
  stat,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isHostFull } from '../../../../src/engine/errors';
import {
  appendToTextFile,
  joinLines,
  keepCopy,
  readTextFile,
  stageTextFile,
  versionOf,
} from '../../../../src/engine/mapfile/textFile';
import { nodeFiles } from '../../../../src/engine/outside/fileSystem';
import { need, needing } from '../../../support/needs';
import { failFolderSync } from '../../../support/outside/failFolderSync';
import { putFiles } from '../../../support/outside/putDoors';
import { assertFailsWith } from '../../../support/remap/remapErrors';
import { smallDisk } from '../../../support/smallDisk';

/** Writes a text in a file's place. */
async function replaceTextFile(path: string, text: Iterable<string>): Promise<void> {
  await (await stageTextFile(path, text)).commit();
}

describe('text file', () => {
  let folder: string;
  let path: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'remap-text-'));
    path = join(folder, 'main.img.map');
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('is replaced whole, in the bytes of its characters', async () => {
    await writeFile(path, 'old and longer');
    await replaceTextFile(path, ['\xe9', 't\xe9']);
    assert.deepEqual([...(await readTextFile(path))], [0xe9, 0x74, 0xe9]);
  });

  it(
    'keeps its permissions when it is replaced, and follows a symbolic link',
    needing(['modes', 'symlinks'], async () => {
      await writeFile(path, '');
      await chmod(path, 0o640);
      const link = join(folder, 'link.map');
      await symlink(path, link);
      await replaceTextFile(link, ['new']);
      assert.ok((await lstat(link)).isSymbolicLink());
      assert.equal((await stat(path)).mode & 0o777, 0o640);
      assert.equal(await readFile(path, 'latin1'), 'new');
    }),
  );

  it('stays as it was when it can not be replaced, with nothing beside it', async () => {
    await writeFile(path, 'old');
    const failing = (function* () {
      yield 'new';
      throw new RangeError('no more');
    })();
    await assert.rejects(replaceTextFile(path, failing), { code: 'EIO', details: { path } });
    assert.equal(await readFile(path, 'latin1'), 'old');
    assert.deepEqual(await readdir(folder), ['main.img.map']);
    await assert.rejects(replaceTextFile(join(folder, 'none', 'a.map'), ['new']), { code: 'ENOENT' });
  });

  it('is not in the way of another that a process of our number was writing when it was killed', async () => {
    for (let i = 0; i < 20; i++)
      await writeFile(join(folder, `.main.img.map.${process.pid}-${i}.tmp`), 'left');
    await replaceTextFile(path, ['new']);
    assert.equal(await readFile(path, 'latin1'), 'new');
  });

  it('that is staged takes its place when it is told to, or goes', async () => {
    await writeFile(path, 'old');
    const first = await stageTextFile(path, ['new']);
    assert.equal(await readFile(path, 'latin1'), 'old');
    await first.discard();
    const second = await stageTextFile(path, ['newer']);
    await second.commit();
    assert.deepEqual([await readFile(path, 'latin1'), await readdir(folder)], ['newer', ['main.img.map']]);
  });

  it('whose folder can not be flushed has its new text, and what is said promises neither', async () => {
    await writeFile(path, 'old');
    failFolderSync(folder);
    const staged = await stageTextFile(path, ['new']);
    await assertFailsWith(
      staged.commit(),
      'EIO',
      /main\.img\.map was replaced, but its folder can't be flushed \(EIO.*\), so a power loss may leave the old text or the new one: /,
    );
    assert.equal(staged.isInPlace, true);
    assert.deepEqual([await readFile(path, 'latin1'), await readdir(folder)], ['new', ['main.img.map']]);
  });

  it('is looked at once where it is the known version, as each second, and twice where it is another', async () => {
    await writeFile(path, 'a\n');
    const known = await versionOf(path);
    let looks = 0;
    putFiles({
      stat: (looked) => {
        looks++;
        return nodeFiles.stat(looked);
      },
    });
    assert.deepEqual(await versionOf(path, known), known);
    assert.equal(looks, 1);
    await writeFile(path, 'longer\n');
    assert.equal((await versionOf(path, known))?.byteLength, 7);
    assert.equal(looks, 3);
  });

  describe('to which is added', () => {
    const fileHandle = async (): Promise<FileHandle> => {
      const file = await open(path);
      await file.close();
      return Object.getPrototypeOf(file);
    };
    const replaced: (() => void)[] = [];

    /** Does something in place of the next `datasync` of a file. */
    async function atNextSync(action: () => void): Promise<void> {
      const prototype = await fileHandle();
      const { datasync } = prototype;
      replaced.push(() => Object.assign(prototype, { datasync }));
      prototype.datasync = async () => action();
    }

    beforeEach(() => writeFile(path, 'old\n'));
    afterEach(() => {
      for (const restore of replaced.splice(0)) restore();
    });

    it('has what was added at its end, and another version', async () => {
      const before = (await versionOf(path))!;
      const version = await appendToTextFile(path, 'new\n', before);
      assert.equal(await readFile(path, 'latin1'), 'old\nnew\n');
      assert.deepEqual(version, await versionOf(path));
    });

    it('stays as it is where another program wrote it before', async () => {
      const before = (await versionOf(path))!;
      await writeFile(path, 'of another program\n');
      assert.equal(await appendToTextFile(path, 'new\n', before), undefined);
      assert.equal(await readFile(path, 'latin1'), 'of another program\n');
    });

    it('is to be read again where another program adds to it meanwhile', async () => {
      const before = (await versionOf(path))!;
      await atNextSync(() => appendFileSync(path, '# of another program\n'));
      assert.equal(await appendToTextFile(path, 'new\n', before), undefined);
    });

    it('loses what could not be made durable, and nothing of another program', async () => {
      const failing = (): never => {
        throw Object.assign(new Error('no more'), { code: 'EIO' });
      };
      const before = (await versionOf(path))!;
      await atNextSync(failing);
      await assert.rejects(appendToTextFile(path, 'new\n', before), { code: 'EIO', details: { path } });
      assert.equal(await readFile(path, 'latin1'), 'old\n');
      await atNextSync(() => {
        appendFileSync(path, '# of another program\n');
        failing();
      });
      await assert.rejects(appendToTextFile(path, 'new\n', (await versionOf(path))!), { code: 'EIO' });
      assert.match(await readFile(path, 'latin1'), /# of another program\n$/);
    });
  });

  it('that may not be written is named by the error of the copy that is to be kept of it', async function () {
    need(this, 'root');
    await writeFile(path, 'old');
    await chmod(path, 0o444);
    await chmod(folder, 0o777);
    process.seteuid!(65534);
    try {
      await assert.rejects(keepCopy(path), {
        code: 'EACCES',
        message: `no permission to change ${path}: change its permissions`,
      });
    } finally {
      process.seteuid!(0);
    }
    assert.deepEqual(await readdir(folder), ['main.img.map']);
    assert.equal(await keepCopy(path), `${path}.bak`);
  });

  it('is refused when it is a folder, or far too large', async () => {
    await assert.rejects(readTextFile(folder), { code: 'EINVAL', message: /is a folder/ });
    const file = await open(path, 'w');
    await file.truncate(2 ** 40);
    await file.close();
    await assert.rejects(readTextFile(path), {
      code: 'EINVAL',
      message: /a list of bad sectors has at most 268435456/,
    });
  });

  it('comes in pieces of whole lines, however many there are', () => {
    for (const count of [0, 1, 2047, 2048, 2049, 5000]) {
      const lines = Array.from({ length: count }, (_, i) => `${i}`);
      const pieces = [...joinLines(lines)];
      assert.ok(pieces.every((piece) => piece.endsWith('\n')));
      assert.equal(pieces.join(''), lines.map((line) => `${line}\n`).join(''));
    }
  });

  describe('on a full file system', () => {
    const disk = smallDisk(1);

    it('stays as it was, with nothing beside it, and is replaced once there is room', async () => {
      const file = disk.path('main.img.map');
      await writeFile(file, 'old');
      disk.fill();
      const error = await assertFailsWith(
        replaceTextFile(file, ['new'.repeat(10_000)]),
        'ENOSPC',
        /main\.img\.map: no room is left for .* on the file system /,
      );
      assert.ok(isHostFull(error));
      assert.equal(await readFile(file, 'latin1'), 'old');
      assert.deepEqual((await readdir(disk.path())).sort(), ['ballast', 'main.img.map']);
      disk.makeRoom();
      await replaceTextFile(file, ['new']);
      assert.equal(await readFile(file, 'latin1'), 'new');
    });
  });
});
