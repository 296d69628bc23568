import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { type ClientCommand, clientCommands } from '../../src/contract/exportTexts';
import { FILE_SYSTEM_KINDS } from '../../src/engine/scenario/fileSystems';
import { missingFor } from '../../src/engine/scenario/missing';
import { exportRig } from '../support/export/exportRig';
import { mustRun, runProgram } from '../support/export/program';
import { needJudge } from '../support/judges';
import { tempFolder } from '../support/tempFolder';

const SECTORS = 32_768;

describe('the commands that Copy Command copies', function () {
  this.timeout(120_000);
  const rig = exportRig({ mainSectors: SECTORS });
  const { path } = tempFolder();

  function commandFor(program: string, readOnly = false): string {
    const { server } = rig.current;
    const [disk] = server.figures();
    const shown = { ...disk!, socket: server.socketPath, from: 'device' as const, readOnly };
    const found: ClientCommand | undefined = clientCommands(shown).find((each) => each.program === program);
    return found!.line;
  }

  /** Runs a line as a terminal does; what it leaves running goes on. Answers what it printed. */
  async function inShell(line: string): Promise<{ code: number | null; text: string }> {
    const text = path('printed');
    const shell = spawn('/bin/sh', ['-c', `exec >"$0" 2>&1; ${line}`, text], {
      cwd: path(),
      stdio: 'ignore',
      env: { ...process.env, PATH: `${withoutSudo()}${delimiter}${process.env.PATH}` },
    });
    const [code] = (await once(shell, 'exit')) as [number | null];
    return { code, text: readFileSync(text, 'utf8') };
  }

  /** A root that has no sudo needs none: it gets one that runs its arguments. */
  function withoutSudo(): string {
    const folder = path('bin');
    mkdirSync(folder, { recursive: true });
    if (process.getuid?.() === 0) {
      writeFileSync(join(folder, 'sudo'), '#!/bin/sh\nexec "$@"\n');
      chmodSync(join(folder, 'sudo'), 0o755);
    }
    return folder;
  }

  async function mustRunLine(line: string): Promise<string> {
    const { code, text } = await inShell(line);
    assert.equal(code, 0, `${line}\n${text}`);
    return text;
  }

  /** The bytes of the whole device, none of them zero. */
  async function fill(): Promise<Buffer> {
    const bytes = Buffer.alloc(SECTORS * 512);
    for (let i = 0; i < bytes.length; i++) bytes[i] = 1 + ((i * 31 + (i >> 9) * 7) % 255);
    await rig.current.device.write(0, bytes);
    return bytes;
  }

  it('nbdcopy: a file with the same bytes', async function () {
    needJudge(this, 'nbdcopy');
    const bytes = await fill();
    await mustRunLine(commandFor('nbdcopy'));
    assert.ok(readFileSync(path('disk.copy')).equals(bytes));
  });

  it('qemu-img: zeros for exactly the sectors that are lost', async function () {
    needJudge(this, 'qemu-img');
    const bytes = await fill();
    await rig.current.device.injectErrors({ sectors: [[1003, 2]] });
    await mustRunLine(commandFor('qemu-img'));
    await mustRun('qemu-img', ['convert', '-O', 'raw', path('disk.qcow2'), path('disk.raw')]);
    bytes.fill(0, 1003 * 512, 1005 * 512);
    assert.ok(readFileSync(path('disk.raw')).equals(bytes));
  });

  it('fio: a measurement', async function () {
    needJudge(this, 'fio');
    const line = commandFor('fio');
    assert.match(line, /--runtime=10$/);
    assert.match(await mustRunLine(line.replace(/10$/, '1')), /read: IOPS=[\d.]+/);
  });

  for (const readOnly of [false, true]) {
    it(`nbdfuse and mount: the files of the disk${readOnly ? ', read-only' : ''}`, async function () {
      const missing = await missingFor(FILE_SYSTEM_KINDS.find(({ name }) => name === 'ext4')!);
      if (missing.length > 0) {
        const text = `the mount needs ${missing.join(', ')}`;
        if (process.env.REMAP_MOUNTS === 'required') throw new Error(text);
        console.log(`      skipped: ${text}`);
        this.skip();
      }
      await makeFileSystem();
      try {
        await mustRunLine(commandFor('nbdfuse and mount', readOnly));
        // By another program: this one serves the disk.
        assert.equal(await mustRun('ls', [path('disk-files')]), 'lost+found\n');
        const { code } = await runProgram('touch', [path('disk-files/new')]);
        assert.equal(code === 0, !readOnly);
      } finally {
        await runProgram('umount', [path('disk-files')]);
        await runProgram('umount', [path('disk-nbd')]);
      }
    });
  }

  it('nbdfuse and mount: ends where there is no disk to mount', async () => {
    const line = commandFor('nbdfuse and mount').replace('nbd.sock', 'none.sock');
    assert.notEqual((await inShell(line)).code, 0);
  });

  async function makeFileSystem(): Promise<void> {
    const image = path('ext4.img');
    writeFileSync(image, Buffer.alloc(SECTORS * 512));
    await mustRun('mkfs.ext4', ['-q', '-F', image]);
    await rig.current.device.write(0, readFileSync(image));
  }
});
