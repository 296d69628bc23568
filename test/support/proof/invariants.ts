import assert from 'node:assert/strict';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import { RangeSet } from '../../../src/engine/block/rangeSet';
import { DeviceHealth } from '../../../src/engine/device/deviceHealth';
import { statusLine } from '../../../src/engine/device/statusLine';
import { parseStatus } from '../../../src/engine/dmsetup/status';
import { copySector, STRUCTURE_SECTORS } from '../../../src/engine/metadata/codec/v4';
import { inspectMetadata } from '../../../src/engine/metadata/inspect';
import { extentRanges } from '../../../src/engine/metadata/tableExtents';
import { FIRST_DATA_SECTOR } from '../../../src/engine/remap/spareAllocator';
import { mappingOf, mappingOnDisk } from './diskTable';
import type { StackRig } from './stackRig';

/** Each sector has one entry and each entry a sector of its own (R4), all in the data area (R9). */
export function checkTable({ target }: StackRig): void {
  const mapping = mappingOf(target.table);
  assert.equal(mapping.size, target.table.size, 'the index counts other entries than it has');
  const tables = RangeSet.from(target.pool.member(0).store?.extras.table.extents.flatMap(extentRanges) ?? []);
  const usedBy = new Map<number, number>();
  for (const [original, spare] of mapping) {
    assert.ok(original < target.sectorCount, `sector ${original} is remapped, but lies outside`);
    assert.ok(
      spare >= FIRST_DATA_SECTOR && !tables.has(spare),
      `sector ${original} lives at spare sector ${spare}`,
    );
    const other = usedBy.get(spare);
    assert.equal(other, undefined, `sectors ${other} and ${original} share spare sector ${spare}`);
    usedBy.set(spare, original);
  }
}

/** The table that the platters hold is the one that serves (R6). */
export async function checkTableOnDisk(rig: StackRig): Promise<void> {
  const onDisk = await mappingOnDisk(rig.spare.platters.content(), rig.target.sectorCount);
  assert.deepEqual(onDisk, mappingOf(rig.target.table), 'the spare holds another table than the one in use');
}

/**
 * After 50 ms without a commit, or a flush, every copy holds the newest state (R6, R7), except those that may have failed:
 * they are tried again by the next commit or repair.
 */
export async function checkCopies(rig: StackRig, mayHaveFailed: ReadonlySet<number>): Promise<void> {
  const report = await inspectMetadata(rig.spare.platters.content(), rig.clock.now());
  const whole = report.copies.filter((copy) => !mayHaveFailed.has(copy.index));
  for (const copy of whole) {
    assert.ok(copy.valid, `copy ${copy.index} is not valid: ${copy.detail}`);
    assert.equal(copy.sequence, report.sequence, `copy ${copy.index} is stale`);
  }
}

/** The copies that have a bad sector. */
export function brokenCopies(rig: StackRig): number[] {
  return [0, 1, 2, 3, 4].filter((index) => rig.spare.bad.intersects(copySector(index), STRUCTURE_SECTORS));
}

/** True when a machine that starts on the platters and their bad sectors as they are finds every entry in use. */
export async function isRecoverable(rig: StackRig): Promise<boolean> {
  const badSectors = new RangeSet();
  for (const { first, sectorCount, tag } of rig.spare.bad.tagged()) badSectors.add(first, sectorCount, tag);
  const spare = new MediumErrors(rig.spare.platters.content().fork(), { badSectors });
  try {
    const onDisk = await mappingOnDisk(spare, rig.target.sectorCount);
    return [...mappingOf(rig.target.table)].every(([original, at]) => onDisk.get(original) === at);
  } catch {
    return false;
  }
}

/** What a device's counters must say, counted by the test that sent the requests. */
export interface Tally {
  reads: number;
  writes: number;
}

/** Every number in the status line is true (R12). */
export function checkCounters(rig: StackRig, tally: Tally): void {
  const { target, observer } = rig;
  const { statistics, table } = target;
  const source = {
    target,
    health: new DeviceHealth(statistics, rig.clock),
    mainPath: '/dev/main',
    sparePath: '/dev/spare',
    spareSectors: rig.spare.platters.sectorCount,
  };
  const { status, warnings } = parseStatus(statusLine(source, 'head'), 'head');
  assert.deepEqual(warnings, []);
  assert.deepEqual(
    {
      reads: status.readCount,
      writes: status.writeCount,
      total: status.totalIos,
      operations: status.ioOperations,
      byKind: Number(status.normalIos) + Number(status.remappedIos),
      mappings: status.activeMappings,
      remapped: status.remappedSectors,
      spareSectors: status.spareSectors,
    },
    {
      reads: tally.reads,
      writes: tally.writes,
      total: tally.reads + tally.writes,
      operations: tally.reads + tally.writes,
      byKind: tally.reads + tally.writes,
      mappings: table.size,
      remapped: observer.remappedSectors,
      spareSectors: source.spareSectors,
    },
  );
  assert.ok(Number(status.remappedReadCount) <= tally.reads);
  checkErrorCount(Number(status.errorCount), observer.failures, tally.reads + tally.writes);
}

/** A request counts once, even if it failed several times below the target before it was answered. */
function checkErrorCount(errors: number, failures: number, requests: number): void {
  assert.equal(errors > 0, failures > 0, `${errors} errors counted, ${failures} failures seen`);
  assert.ok(errors <= Math.min(failures, requests), `${errors} errors of ${requests} requests`);
}
