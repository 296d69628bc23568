import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import type { ExportedDisk } from '../../../src/contract/commandResults';
import { clientCommands, describeExports, interruptionQuestion } from '../../../src/contract/exportTexts';
import { needing } from '../../support/needs';

const DISK: ExportedDisk = {
  name: "it's a disk",
  device: "it's a disk",
  uri: "nbd+unix:///it's%20a%20disk?socket=/tmp/x/nbd.sock",
  socket: '/tmp/x/nbd.sock',
  from: 'device',
  readOnly: false,
  clients: 0,
  reads: 0,
  writes: 0,
  flushes: 0,
  bytesRead: 0,
  bytesWritten: 0,
  errors: 0,
  lastError: null,
};

describe('clientCommands', () => {
  it(
    'has a line for each program, which a shell takes as one program with the address as it is',
    needing('posixPrograms', () => {
      const lines = clientCommands(DISK);
      assert.deepEqual(
        lines.map(({ program }) => program),
        ['nbdcopy', 'qemu-img', 'fio', 'nbdfuse and mount'],
      );
      for (const { line } of lines) execFileSync('/bin/sh', ['-n', '-c', line]);
      const words = execFileSync('/bin/sh', ['-c', `set -- ${lines[0]!.line}; printf '%s\\n' "$@"`]);
      assert.deepEqual(words.toString().trimEnd().split('\n'), ['nbdcopy', DISK.uri, 'it-s-a-disk.copy']);
    }),
  );

  it('mounts a read-only disk read-only', () => {
    const mount = (readOnly: boolean) => clientCommands({ ...DISK, readOnly }).at(-1)!.line;
    assert.match(mount(true), /mount -o loop,ro /);
    assert.match(mount(false), /mount -o loop /);
  });
});

describe('describeExports', () => {
  it('names what is exported, or says that nothing is', () => {
    assert.equal(describeExports([DISK, { name: 'b' }]), "2 exports: it's a disk, b");
    assert.equal(describeExports([]), 'No device is exported');
    assert.equal(describeExports([], 'b'), 'b is not exported');
  });
});

describe('interruptionQuestion', () => {
  it('says how many clients, and what becomes of them', () => {
    const { message, detail, verbs } = interruptionQuestion('disk', 2, 'suspend');
    assert.equal(message, 'Suspend disk while 2 NBD clients have it open?');
    assert.match(detail, /wait until the device is resumed/);
    assert.deepEqual(verbs, ['Suspend']);
    assert.equal(
      interruptionQuestion('disk', 1, 'unexport').message,
      'Stop exporting disk while 1 NBD client has it open?',
    );
  });
});
