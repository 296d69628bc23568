import assert from 'node:assert/strict';
import { exportRig } from '../../../support/export/exportRig';
import type { Chunk } from '../../../support/export/rawClient';

const [OFFSET_DATA, ERROR_OFFSET] = [1, 0x8002];
const MiB = 1024 * 1024;

/** A chunk in short: its kind, and the sectors or the sector that it is about. */
function told({ type, payload }: Chunk): readonly (string | number)[] {
  if (type === OFFSET_DATA)
    return ['data', Number(payload.readBigUInt64BE()) / 512, (payload.length - 8) / 512];
  assert.equal(type, ERROR_OFFSET);
  const textLength = payload.readUInt16BE(4);
  assert.equal(payload.length, 6 + textLength + 8);
  return [`error ${payload.readUInt32BE()}`, Number(payload.readBigUInt64BE(6 + textLength)) / 512];
}

describe('the reply to a read', () => {
  const rig = exportRig();

  /** Sector n holds n in all its bytes, as far as a byte goes. */
  async function fill(first: number, count: number): Promise<void> {
    const bytes = Buffer.alloc(count * 512);
    for (let i = 0; i < count; i++) bytes.fill((first + i) % 256, i * 512, (i + 1) * 512);
    await rig.current.device.write(first, bytes);
  }

  it('names exactly the sectors that failed, and has the data around them', async () => {
    await fill(0, 64);
    await rig.current.device.injectErrors({
      sectors: [
        [8, 1],
        [12, 2],
        [15, 1],
      ],
    });
    const client = await rig.current.open();
    client.request({ command: 0, offset: 0, length: 16 * 512 });
    const chunks = await client.chunks();
    assert.deepEqual(chunks.map(told), [
      ['data', 0, 8],
      ['error 5', 8],
      ['data', 9, 3],
      ['error 5', 12],
      ['data', 14, 1],
      ['error 5', 15],
    ]);
    assert.match(chunks[3]!.payload.toString('utf8', 6), /sectors 12 (to|and) 13/);
    for (const chunk of chunks) {
      if (chunk.type !== OFFSET_DATA) continue;
      const first = Number(chunk.payload.readBigUInt64BE()) / 512;
      const data = chunk.payload.subarray(8);
      for (let i = 0; i < data.length; i++) assert.equal(data[i], first + Math.floor(i / 512));
    }
  });

  it('has no data where all sectors failed', async () => {
    await rig.current.device.injectErrors({ sectors: [[8, 8]] });
    const client = await rig.current.open();
    client.request({ command: 0, offset: 8 * 512, length: 8 * 512 });
    assert.deepEqual((await client.chunks()).map(told), [['error 5', 8]]);
    const { errors, lastError, reads } = rig.current.server.figures()[0]!;
    assert.deepEqual([errors, reads], [1, 1]);
    assert.match(lastError!, /8/);
  });

  it('is one chunk of data at most without fragments', async () => {
    await rig.current.device.injectErrors({ sectors: [[8, 1]] });
    const client = await rig.current.open();
    client.request({ command: 0, offset: 0, length: 16 * 512, flags: 4 });
    assert.deepEqual((await client.chunks()).map(told), [
      ['data', 0, 8],
      ['error 5', 8],
    ]);
    client.request({ command: 0, offset: 0, length: 64 * 1024, flags: 4 });
    await client.chunks();
  });

  it('is an error alone without chunks', async () => {
    await fill(0, 16);
    await rig.current.device.injectErrors({ sectors: [[8, 1]] });
    const client = await rig.current.open('', { structured: false });
    client.request({ command: 0, offset: 0, length: 16 * 512 });
    assert.equal((await client.simpleReply()).errno, 5);
    client.request({ command: 0, offset: 7 * 512, length: 512 });
    assert.equal((await client.simpleReply()).errno, 0);
    assert.deepEqual(await client.take(512), Buffer.alloc(512, 7));
  });

  it('comes in pieces where it is large, each with what failed in it', async () => {
    await fill(0, 10_000);
    await rig.current.device.injectErrors({
      sectors: [
        [2047, 2],
        [6000, 1],
      ],
    });
    const client = await rig.current.open();
    client.request({ command: 0, offset: 0, length: 4 * MiB });
    const chunks = await client.chunks();
    assert.deepEqual(chunks.map(told), [
      ['data', 0, 2047],
      ['error 5', 2047],
      ['error 5', 2048],
      ['data', 2049, 2047],
      ['data', 4096, 1904],
      ['error 5', 6000],
      ['data', 6001, 143],
      ['data', 6144, 2048],
    ]);
    assert.ok(chunks.slice(0, -1).every(({ flags }) => flags === 0));
    assert.equal(chunks.at(-1)!.payload[8 + 512 * 2047], 8191 % 256);
  });

  it('is whole where it is large and has no chunks', async () => {
    await fill(0, 10_000);
    const client = await rig.current.open('', { structured: false });
    client.request({ command: 0, offset: 512, length: 4 * MiB });
    assert.equal((await client.simpleReply()).errno, 0);
    const data = await client.take(4 * MiB);
    for (let i = 0; i < 8192; i += 100) assert.equal(data[i * 512], (i + 1) % 256);
  });

  it('of an image has the faults of its medium, and not what is remapped', async () => {
    await fill(0, 16);
    await rig.current.device.injectErrors({ sectors: [[8, 1]] });
    await rig.current.device.write(8, Buffer.alloc(512, 99));
    const [device, main] = [await rig.current.open('disk'), await rig.current.open('disk/main')];
    for (const client of [device, main]) client.request({ command: 0, offset: 0, length: 16 * 512 });
    const [chunk] = await device.chunks();
    assert.equal(chunk!.payload[8 + 8 * 512], 99);
    assert.deepEqual((await main.chunks()).map(told), [
      ['data', 0, 8],
      ['error 5', 8],
      ['data', 9, 7],
    ]);
  });
});
