import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { randomInteger, seededRandom } from '../../src/engine/block/random';
import type { DeviceSpec } from '../../src/engine/device/deviceContracts';
import { exportDevices } from '../../src/engine/export/exportServer';
import { createImages } from '../../src/engine/machine/images';
import { Machine } from '../../src/engine/machine/machine';
import { RawClient } from '../support/export/rawClient';
import { damagedStream } from '../support/export/streams';
import { fuzzRuns } from '../support/fuzzRuns';
import { tempFolder } from '../support/tempFolder';

const STREAMS = fuzzRuns(20_000);
const SEED = Number(process.env.REMAP_FUZZ_SEED) || 1;
/** Streams that are sent side by side. */
const AT_A_TIME = 32;
const SECTORS = 2048;
/** How long the server may take to end a connection whose client has ended. */
const LIMIT_MS = 20_000;

const SECRET = Buffer.from('the bytes of another client, 32.');
const SECRET_PAGE = Buffer.concat(Array.from({ length: 4096 / SECRET.length }, () => SECRET));

describe('Damaged streams to the NBD server', function () {
  this.timeout(0);
  const folder = tempFolder();

  async function device(machine: Machine, name: string): Promise<DeviceSpec> {
    const [main, spare] = [folder.path(`${name}.img`), folder.path(`${name}-spare.img`)];
    await createImages({ main, mainSectors: SECTORS, spare, spareSectors: 4096 }, machine.clock);
    const markers = { sectors: [1], text: '' };
    return { name, deviceFile: null, main, spares: [spare], flakey: null, markers };
  }

  it('end it never, reach no data but their own, and leave nothing behind', async () => {
    const machine = new Machine();
    for (const name of ['disk', 'other']) await machine.create(await device(machine, name));
    const socketPath = folder.path('nbd.sock');
    const exports = ['disk', 'other'].map((name) => ({ name, device: name }));
    const server = await exportDevices(machine, { exports, listen: { socketPath } });
    await machine.device('other')!.write(0, SECRET_PAGE);

    const victim = new RawClient({ path: socketPath });
    await victim.open('other');
    // The victim is read in one place at a time.
    let untouched = Promise.resolve();
    let next = 0;
    const sendSome = async (): Promise<void> => {
      while (next < STREAMS) {
        const i = next++;
        const stream = damagedStream(seededRandom(SEED * 1_000_003 + i), SECTORS * 512);
        await sendStream(socketPath, stream, `seed ${SEED}, stream ${i}`);
        if (i % 100 > 0) continue;
        untouched = untouched.then(() => assertUntouched(victim));
        await untouched;
        await machine
          .device('disk')!
          .injectErrors({ sectors: [[randomInteger(seededRandom(i), SECTORS - 3), 3]] });
      }
    };
    await Promise.all(Array.from({ length: AT_A_TIME }, sendSome));

    await assertUntouched(victim);
    const after = new RawClient({ path: socketPath });
    await after.open('disk');
    for (let request = 0; request < 200; request++)
      after.request({ command: 0, length: SECTORS * 512 - 1024 * 512 });
    for (let request = 0; request < 200; request++) await after.chunks();
    after.vanish();
    victim.vanish();
    const { reads, writes, flushes, errors } = server.figures()[0]!;
    assert.ok(
      Math.min(reads, writes, flushes) > STREAMS / 20 && errors > 0,
      'hardly a request was carried out',
    );
    await server.close();
    assert.deepEqual(
      server.figures().map(({ clients }) => clients),
      [0, 0],
    );
    await machine.close();
  });
});

async function assertUntouched(victim: RawClient): Promise<void> {
  victim.request({ command: 0, length: SECRET_PAGE.length });
  const chunks = await victim.chunks();
  assert.ok(chunks[0]!.payload.subarray(8).equals(SECRET_PAGE));
}

/** Sends a stream to its end, and takes what comes until the server closes. */
function sendStream(path: string, stream: Buffer, name: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    const timer = setTimeout(() => {
      socket.destroy();
      reject(new Error(`${name} was not ended: ${stream.toString('hex', 0, 2000)}`));
    }, LIMIT_MS);
    // A marker may be cut in two by the pieces in which the bytes come.
    let rest = Buffer.alloc(0);
    let leak: Error | null = null;
    socket.on('data', (chunk: Buffer) => {
      const seen = Buffer.concat([rest, chunk]);
      if (seen.includes(SECRET)) leak ??= new Error(`${name} got the bytes of another client`);
      rest = Buffer.from(seen.subarray(-SECRET.length));
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(timer);
      if (leak) reject(leak);
      else resolve();
    });
    socket.end(stream);
  });
}
