import assert from 'node:assert/strict';
import type { BlockDevice } from '../../../src/engine/block/blockDevice';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import type { RangeSet } from '../../../src/engine/block/rangeSet';
import { type Construction, constructTarget } from '../../../src/engine/device/construct';
import { KernelLog } from '../../../src/engine/device/kernelLog';
import { BlockError } from '../../../src/engine/errors';
import type { MemoryDevice } from '../block/memoryDevice';
import { ManualClock } from '../remap/targetRig';
import { settled } from '../turns';
import { kernelView } from './kernelView';
import { CountingObserver } from './stackRig';

export const POOL_MAIN_SECTORS = 4096;

/** A target over main and the spares of a pool; null for one that is missing. */
export async function openPool(
  main: BlockDevice,
  spares: readonly (BlockDevice | null)[],
  log: string[] = [],
): Promise<Construction> {
  const kernelLog = new KernelLog((event) => {
    if (event.kind === 'log') log.push(event.text);
  });
  const clock = new ManualClock();
  const options = { persistent: true, clock, observer: new CountingObserver(), log: kernelLog };
  return settled(constructTarget({ main, spares }, options), 'opening');
}

/** A disk on which sectors are bad for good. */
export function withBad(device: BlockDevice, badSectors: RangeSet): MediumErrors {
  return new MediumErrors(device, { badSectors });
}

/** Sectors that can't be read. */
export async function readSector(
  target: BlockDevice,
  sector: number,
): Promise<{ bytes: Uint8Array; isReadable: boolean }> {
  const bytes = new Uint8Array(512);
  try {
    await target.read(sector, bytes);
    return { bytes, isReadable: true };
  } catch (error) {
    assert.ok(error instanceof BlockError && error.code === 'EIO', String(error));
    return { bytes, isReadable: false };
  }
}

/** Fails when a kernel that is given the spare alone would serve another sector's bytes (R16). */
export async function assertRightForKernel(spare: MemoryDevice): Promise<number> {
  const { remaps } = await kernelView(spare, Math.floor(new ManualClock().now() / 1000));
  for (const [original, at] of remaps) {
    const bytes = new Uint8Array(512);
    spare.peek(Number(at), bytes);
    const tagged = new DataView(bytes.buffer).getBigUint64(0, true);
    assert.equal(tagged, original, `spare sector ${at}, which a kernel serves for sector ${original}`);
  }
  return remaps.length;
}
