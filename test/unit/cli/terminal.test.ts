import assert from 'node:assert/strict';
import { PassThrough } from 'node:stream';
import { Terminal } from '../../../src/cli/terminal';
import { RemapError } from '../../../src/engine';

function streams(isTTY: boolean) {
  const stdout = new PassThrough();
  const stderr = Object.assign(new PassThrough(), { isTTY, columns: 20 });
  return {
    terminal: new Terminal(stdout, stderr),
    text: () => [stdout, stderr].map((each) => String(each.read() ?? '')),
  };
}

describe('What a verb prints', () => {
  it('shows progress in one line of a terminal, and takes it away before anything else', async () => {
    const { terminal, text } = streams(true);
    terminal.progress('1 MiB of 4 MiB \u001b[31mred', 0.257);
    terminal.progress('too soon after', 0.3);
    await terminal.print('result\n');
    terminal.note('done');
    const [stdout, stderr] = text();
    assert.equal(stdout, 'result\n');
    assert.equal(stderr, '\r\x1b[K25 % 1 MiB of 4 MiB\r\x1b[Kdone\n');
  });

  it('shows none elsewhere', async () => {
    const { terminal, text } = streams(false);
    terminal.progress('half', 0.5);
    terminal.clearProgress();
    assert.deepEqual(text(), ['', '']);
  });

  it('says an error in one line, with its code, and escapes what is not ours', () => {
    const { terminal, text } = streams(false);
    terminal.noteError(new RemapError('EIO', 'a\u001b[2Jb\nc'));
    const [, stderr] = text();
    assert.equal(stderr, 'EIO: a\\x1B[2Jb\\x0A'.concat('c\n'));
  });

  it('drops the rest when its reader has gone', async () => {
    const stdout = new PassThrough();
    const terminal = new Terminal(stdout, new PassThrough());
    const waiting = terminal.print(Buffer.alloc(1024 * 1024));
    stdout.destroy();
    await waiting;
    await terminal.print('more');
  });
});
