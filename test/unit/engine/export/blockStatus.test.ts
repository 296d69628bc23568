import assert from 'node:assert/strict';
import { exportRig } from '../../../support/export/exportRig';
import type { RawClient } from '../../../support/export/rawClient';

const BLOCK_STATUS = 7;
const REQ_ONE = 8;
const [REMAPPED, BAD, METADATA] = [1, 2, 8];
const SECTORS = 20_480;

/** What each context says: runs of sectors with their flags. */
async function statusOf(
  client: RawClient,
  first: number,
  count: number,
  flags = 0,
): Promise<(readonly [number, number])[][]> {
  client.request({ command: BLOCK_STATUS, offset: first * 512, length: count * 512, flags });
  const chunks = await client.chunks();
  return chunks.map(({ type, payload }) => {
    assert.equal(type, 5);
    const extents: (readonly [number, number])[] = [];
    for (let at = 4; at < payload.length; at += 8) {
      extents.push([payload.readUInt32BE(at) / 512, payload.readUInt32BE(at + 4)]);
    }
    return extents;
  });
}

describe('the block status', () => {
  const rig = exportRig();

  const ofState = (name = 'disk') => rig.current.open(name, { contexts: ['x-remap:state'] });
  const ofHoles = (name = 'disk') => rig.current.open(name, { contexts: ['base:allocation'] });

  async function remap(sector: number): Promise<void> {
    await rig.current.device.injectErrors({ sectors: [[sector, 1]] });
    await rig.current.device.write(sector, Buffer.alloc(512, 1));
  }

  it('tells of a device which sectors are remapped and which fail', async () => {
    await remap(100);
    await rig.current.device.injectErrors({ sectors: [[200, 3]] });
    const [extents] = await statusOf(await ofState(), 0, SECTORS);
    assert.deepEqual(extents, [
      [100, 0],
      [1, REMAPPED],
      [99, 0],
      [3, BAD],
      [SECTORS - 203, 0],
    ]);
  });

  it('tells of a remapped sector whether its place on the spare fails', async () => {
    await remap(100);
    const { at } = rig.current.device.origins('device', 100, 1)[0]!;
    await rig.current.device.injectErrors({ sectors: [[at, 1]], on: 'spare' });
    assert.deepEqual(await statusOf(await ofState(), 100, 1), [[[1, REMAPPED | BAD]]]);
  });

  it('tells of main where its own medium fails, also below a remap', async () => {
    await remap(100);
    const [extents] = await statusOf(await ofState('disk/main'), 100, 2);
    assert.deepEqual(extents, [
      [1, REMAPPED | BAD],
      [1, 0],
    ]);
  });

  it('tells of a spare where metadata are, and which sectors serve', async () => {
    await remap(100);
    const { at } = rig.current.device.origins('device', 100, 1)[0]!;
    const client = await ofState('disk/spare');
    const [extents] = await statusOf(client, 0, 8192);
    const copies = extents!.filter(([, flags]) => flags === METADATA);
    assert.equal(copies.length, 5);
    assert.deepEqual(extents![0], [copies[0]![0], METADATA]);
    assert.deepEqual(await statusOf(client, at, 2), [
      [
        [1, REMAPPED],
        [1, 0],
      ],
    ]);
  });

  it('tells of holes and data of the sparse image, by blocks of 4 KiB', async () => {
    await rig.current.device.write(1000, Buffer.alloc(8 * 512, 1));
    await rig.current.device.write(8192, Buffer.alloc(64 * 512, 1));
    const [extents] = await statusOf(await ofHoles(), 0, SECTORS);
    assert.deepEqual(extents, [
      [1000, 3],
      [8, 0],
      [8192 - 1008, 3],
      [64, 0],
      [SECTORS - 8256, 3],
    ]);
  });

  it('calls no hole what is remapped or fails', async () => {
    await remap(4096);
    const [extents] = await statusOf(await ofHoles(), 0, 8192);
    assert.deepEqual(extents, [
      [4096, 3],
      [8, 0],
      [8192 - 4104, 3],
    ]);
  });

  it('calls nothing a hole while the layer over main may corrupt what is read', async () => {
    await rig.current.device.injectErrors({ flakey: '0 60 5 corrupt_bio_byte 32 r 1 0' });
    assert.deepEqual(await statusOf(await ofHoles(), 0, SECTORS), [[[SECTORS, 0]]]);
  });

  it('has the longest run that is true where one is asked for', async () => {
    await remap(9000);
    await rig.current.device.write(16_000, Buffer.alloc(4096, 1));
    const client = await rig.current.open('disk', { contexts: ['base:allocation', 'x-remap:state'] });
    assert.deepEqual(await statusOf(client, 8, SECTORS - 8, REQ_ONE), [[[8992, 3]], [[8992, 0]]]);
    assert.deepEqual(await statusOf(client, 9000, 4, REQ_ONE), [[[4, 0]], [[1, REMAPPED]]]);
  });

  it('never says more than was asked for, and has each context that was chosen once', async () => {
    const client = await rig.current.open('disk', { contexts: ['x-remap:state', 'base:allocation'] });
    const answers = await statusOf(client, 3, 17);
    assert.deepEqual(answers, [[[17, 3]], [[17, 0]]]);
  });
});
