import assert from 'node:assert/strict';
import type { RemapDevice } from '../../../src/engine/device/remapDevice';
import { taggedSector } from '../remap/targetRig';
import type { ToldModel } from './toldModel';
import { WORKED_SECTORS } from './toldWork';

/** What a check has found. */
export interface Checked {
  /** Sectors of which each holds a version that it may. */
  readonly read: number;
  /** Sectors that can't be read, and needn't be. */
  readonly unreadable: number;
}

/** Compares a device that was opened anew with what the program told that worked on it before. */
export async function checkTold(device: RemapDevice, model: ToldModel, about: string): Promise<Checked> {
  const { bytes, failed } = await device.read(0, WORKED_SECTORS);
  const main = await device.read(0, WORKED_SECTORS, { from: 'main' });
  const unreadable = sectorSet(failed);
  const bad = sectorSet(main.failed);
  for (let sector = 0; sector < WORKED_SECTORS; sector++) {
    if (model.isBad(sector))
      assert.ok(bad.has(sector), `${about}: sector ${sector} of main is healthy again`);
    if (unreadable.has(sector)) {
      assert.ok(model.mayFail(sector), `${about}: sector ${sector} can't be read`);
      continue;
    }
    const found = bytes.subarray(sector * 512, (sector + 1) * 512);
    const version = Number(Buffer.from(found).readBigUInt64LE(8));
    const expected = version === 0 ? new Uint8Array(512) : taggedSector(sector, version);
    assert.ok(
      model.allowed(sector).includes(version),
      `${about}: sector ${sector} has version ${version}, not one of ${model.allowed(sector).join(', ')}`,
    );
    assert.deepEqual(Buffer.from(found), Buffer.from(expected), `${about}: sector ${sector} is torn`);
    model.settle(sector, version);
  }
  return { read: WORKED_SECTORS - unreadable.size, unreadable: unreadable.size };
}

function sectorSet(runs: readonly (readonly [number, number])[]): Set<number> {
  return new Set(runs.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i)));
}
