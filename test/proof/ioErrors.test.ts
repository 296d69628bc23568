import assert from 'node:assert/strict';
import { RangeSet } from '../../src/engine/block/rangeSet';
import { RemapError } from '../../src/engine/errors';
import { MemoryDevice } from '../support/block/memoryDevice';
import type { DeviceCall, ScriptedFault } from '../support/block/scriptedDevice';
import { heldTimers } from '../support/heldTimers';
import { NO_TOLERANCE, type Tolerance } from '../support/proof/batch';
import type { ContentModel } from '../support/proof/contentModel';
import type { DeviceOperation } from '../support/proof/operations';
import { ScriptedPlatters } from '../support/proof/platters';
import { preloadedSpare } from '../support/proof/preload';
import { StackRunner } from '../support/proof/runner';
import { formattedSpare, StackRig } from '../support/proof/stackRig';
import { workload } from '../support/proof/workload';

const MAIN_SECTORS = 8192;
/** The workload in pieces, each of which begins with opening the device. */
const PIECE_OPERATIONS = 5;

const VARIANTS: readonly { name: string; spare: () => Promise<MemoryDevice>; every: number }[] = [
  { name: 'the v4 table alone', spare: () => formattedSpare(8192, MAIN_SECTORS), every: 1 },
  {
    name: 'the large table',
    spare: () =>
      preloadedSpare({
        mainSectors: MAIN_SECTORS,
        spareSectors: 16_384,
        firstOriginal: 4096,
        entryCount: 2049,
        supersededRecords: 2076,
      }),
    every: 5,
  },
];

const DISKS = ['main', 'spare'] as const;
type Disk = (typeof DISKS)[number];

/** Everything that outlives a piece of the workload. */
interface Situation {
  readonly main: MemoryDevice;
  readonly spare: MemoryDevice;
  readonly bad: Readonly<Record<Disk, RangeSet>>;
  readonly model?: ContentModel;
  readonly version: number;
}

interface Piece {
  readonly operations: readonly DeviceOperation[];
  readonly before: Situation;
  /** Requests that reach each disk while nothing else fails. */
  readonly requests: Readonly<Record<Disk, number>>;
}

/** How long a request fails, and which share of the requests is made to fail in this way. */
const DURATIONS = [
  { duration: 'once', text: 'once', every: 1 },
  { duration: 'device', text: 'for good, and so does the whole disk', every: 1 },
  { duration: 'sectors', text: 'for good in the same sectors', every: 3 },
] as const;

describe('Every request to a disk fails in turn', () => {
  const timers = heldTimers();

  for (const { name, spare, every } of VARIANTS) {
    describe(`with ${name}`, () => {
      let pieces: Piece[];
      beforeEach(async function () {
        this.timeout(0);
        pieces ??= await cutUp(await spare(), timers.fire);
      });

      for (const disk of DISKS) {
        for (const { duration, text, every: everyOf } of DURATIONS) {
          it(`${disk} fails ${text}`, async function () {
            this.timeout(0);
            let runs = 0;
            const step = every * everyOf;
            for (const [i, piece] of pieces.entries()) {
              for (let after = i % step; after < piece.requests[disk]; after += step) {
                runs++;
                await failing(piece, disk, { after, duration }, timers.fire).catch((cause) => {
                  throw new Error(`piece ${i}, request ${after} of ${disk} fails ${duration}`, { cause });
                });
              }
            }
            assert.ok(runs > 100 / step, `only ${runs} requests`);
          });
        }
      }
    });
  }
});

/** Runs the workload without injected faults, and keeps the situation before each piece. */
async function cutUp(spare: MemoryDevice, fireTimers: () => void): Promise<Piece[]> {
  const all = workload({ unremaps: true });
  const pieces: Piece[] = [];
  const bad = { main: new RangeSet(), spare: new RangeSet() };
  let before: Situation = { main: new MemoryDevice(MAIN_SECTORS), spare, bad, version: 0 };
  for (let at = 0; at < all.length; at += PIECE_OPERATIONS) {
    const operations = all.slice(at, at + PIECE_OPERATIONS);
    const { rig, disks } = rigOf(before);
    await rig.construct();
    const runner = runnerOf(rig, before, fireTimers);
    for (const operation of operations) await runner.run(operation);
    const requests = { main: disks.main.device.calls.length, spare: disks.spare.device.calls.length };
    pieces.push({ operations, before, requests });
    await runner.run({ kind: 'reload' });
    before = {
      main: disks.main.content().fork(),
      spare: disks.spare.content().fork(),
      bad: { main: copyOf(rig.main.bad), spare: copyOf(rig.spare.bad) },
      model: runner.model,
      version: runner.version,
    };
  }
  return pieces;
}

/** Runs a piece while a request fails; then all is healed, and every sector must be as the model says. */
async function failing(
  { operations, before }: Piece,
  disk: Disk,
  fault: ScriptedFault,
  fireTimers: () => void,
): Promise<void> {
  const { rig, disks } = rigOf(before);
  const { device } = disks[disk];
  device.fail(fault);
  await rig.construct().catch(async (error) => {
    assert.ok(error instanceof RemapError, String(error));
    device.heal();
    await rig.construct();
  });
  const isFailing = () =>
    device.struck && !(fault.duration === 'once' && isTransfer(device.calls[fault.after]));
  const failingDisk = () => (isFailing() ? disk : null);
  const tolerance = { failingDisk, hiccups: true, heal: () => device.heal() };
  const runner = runnerOf(rig, before, fireTimers, tolerance);
  for (const operation of operations) await runner.run(operation);
  device.heal();
  await runner.finish();
}

/** A read or write of a disk that fails once makes no request to the device fail (R2, R3, R5). */
function isTransfer(call: DeviceCall | undefined): boolean {
  return call?.operation === 'read' || call?.operation === 'write';
}

function rigOf(before: Situation): { rig: StackRig; disks: Record<Disk, ScriptedPlatters> } {
  const disks = { main: new ScriptedPlatters(before.main), spare: new ScriptedPlatters(before.spare) };
  const rig = new StackRig(disks.main, disks.spare);
  for (const disk of DISKS) copyInto(rig[disk].bad, before.bad[disk]);
  return { rig, disks };
}

function runnerOf(
  rig: StackRig,
  { model, version }: Situation,
  fireTimers: () => void,
  tolerance: Tolerance = NO_TOLERANCE,
): StackRunner {
  const options = { version, tolerance, ...(model && { model: model.copy() }) };
  return new StackRunner(rig, fireTimers, options);
}

function copyOf(set: RangeSet): RangeSet {
  return copyInto(new RangeSet(), set);
}

function copyInto(target: RangeSet, set: RangeSet): RangeSet {
  for (const { first, sectorCount, tag } of set.tagged()) target.add(first, sectorCount, tag);
  return target;
}
