import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { GatheredReads } from '../../../../src/engine/outside/gatheredReads';
import { type StartReader, startReaderThread } from '../../../../src/engine/outside/readerThread';
import { childProgram } from '../../../support/childProgram';
import { tempFolder } from '../../../support/tempFolder';

const PAGE_BYTES = 4096;
const PAGE_COUNT = 256;

describe('The reader thread', () => {
  const folder = tempFolder();
  const program = childProgram('bulkReader.ts', join('test', 'support', 'outside'), { minify: true });

  it('reads what many read at the same time, and ends when it is not needed', async () => {
    const path = folder.path('pages');
    const pages = Buffer.alloc(PAGE_COUNT * PAGE_BYTES, 1);
    for (let page = 0; page < PAGE_COUNT; page++) pages.writeUInt32LE(page + 1, page * PAGE_BYTES);
    fs.writeFileSync(path, pages);
    const fd = fs.openSync(path, 'r');
    let otherCount = 0;
    let onEnd: () => void;
    const hasEnded = new Promise<void>((resolve) => {
      onEnd = resolve;
    });
    const start: StartReader = (shared, { rang, ended }) =>
      startReaderThread(shared, {
        rang,
        ended: () => {
          onEnd();
          ended();
        },
      });
    const transfer: GatheredReads['read'] = (...args) => {
      otherCount++;
      fs.read(...args);
    };
    // Long enough for a machine that has much else to do.
    const reads = new GatheredReads(transfer, start, {
      answerMs: 5000,
      restMs: 1,
      sleepMs: 5000,
      awakeMs: 1,
    });
    const end = reads.use();
    const read = (page: number): Promise<void> =>
      new Promise((resolve) => {
        const bytes = Buffer.alloc(PAGE_BYTES);
        reads.read(fd, bytes, 0, PAGE_BYTES, page * PAGE_BYTES, (error, byteCount) => {
          assert.ok(!error && byteCount === PAGE_BYTES);
          assert.equal(bytes.readUInt32LE(), page + 1);
          resolve();
        });
      });
    const sleeps = new Set<string>();
    const { wait } = Atomics;
    Atomics.wait = (words: unknown, at: number, value: unknown, limitMs?: number) => {
      const outcome = wait(words as Int32Array, at, value as number, limitMs);
      sleeps.add(outcome);
      return outcome;
    };
    let readCount = 0;
    const goOn = async (): Promise<void> => {
      while (otherCount > readCount - 2000) {
        await read(readCount++ % PAGE_COUNT);
        assert.ok(!sleeps.has('timed-out'), 'the reader did not wake the thread that waits for it');
      }
    };
    await Promise.all(Array.from({ length: 32 }, goOn)).finally(() => {
      Atomics.wait = wait;
    });
    assert.ok(sleeps.has('ok'));
    end();
    await hasEnded;
    fs.closeSync(fd);
  }).timeout(60_000);

  it('works in a program that is minified, and does not keep it from ending', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, [program.path, program.path]);
    assert.equal(stdout, 'gathered');
  }).timeout(60_000);
});
