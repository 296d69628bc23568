import assert from 'node:assert/strict';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { readSectors } from '../../../../src/engine/device/readSectors';
import { BlockError } from '../../../../src/engine/errors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { taggedRun } from '../../../support/remap/targetRig';

describe('reading sectors', () => {
  it('gives what can be read, and zeros with the names of the sectors that can not', async () => {
    const memory = new MemoryDevice(4096);
    await memory.write(10, taggedRun(10, 4, 1));
    const medium = new MediumErrors(memory);
    medium.inject([[11, 2]], { mode: 'error' });
    const { bytes, failed } = await readSectors(medium, 10, 4);
    const expected = taggedRun(10, 4, 1);
    expected.fill(0, 512, 3 * 512);
    assert.deepEqual([bytes, failed], [expected, [[11, 2]]]);
  });

  it('refuses sectors outside the device, and more than 64 MiB', async () => {
    const memory = new MemoryDevice(200_000);
    await assert.rejects(readSectors(memory, 199_999, 2), { code: 'EINVAL' });
    await assert.rejects(readSectors(memory, 0, 131_073), { code: 'EINVAL', message: /at most 131072/ });
  });

  it('passes on what is no failure of the medium', async () => {
    const memory = new MemoryDevice(4096);
    memory.read = () => Promise.reject(new BlockError('ENODEV', 'the device was removed', []));
    await assert.rejects(readSectors(memory, 0, 1), { code: 'ENODEV' });
  });
});
