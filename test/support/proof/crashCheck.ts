import assert from 'node:assert/strict';
import { MediumErrors } from '../../../src/engine/block/mediumErrors';
import { sliceSectors } from '../../../src/engine/block/range';
import type { ReadonlyRangeSet } from '../../../src/engine/block/rangeSet';
import { RangeSet } from '../../../src/engine/block/rangeSet';
import { constructTarget } from '../../../src/engine/device/construct';
import { KernelLog } from '../../../src/engine/device/kernelLog';
import { type CopyReport, inspectMetadata } from '../../../src/engine/metadata/inspect';
import type { RemapTarget } from '../../../src/engine/remap/remapTarget';
import { CrashLog } from '../block/crashLog';
import type { MemoryDevice } from '../block/memoryDevice';
import { ManualClock } from '../remap/targetRig';
import { settled } from '../turns';
import type { CrashHistory } from './crashHistory';
import { mappingOf, mappingOnDisk } from './diskTable';
import { isAmong } from './requests';
import { CountingObserver } from './stackRig';
import { versionOf } from './versions';

/** Both disks after a power loss. */
export interface Remains {
  readonly main: MemoryDevice;
  readonly spare: MemoryDevice;
}

/** Opens the disks that a cut left, and checks that each sector holds a version that the history allows at that cut. */
export async function checkRemains(
  remains: Remains,
  history: CrashHistory,
  cut: number,
  bad?: { readonly main: ReadonlyRangeSet; readonly spare: ReadonlyRangeSet },
): Promise<void> {
  const before = await inspectMetadata(remains.spare, new ManualClock().now());
  const intact = before.copies.filter(({ valid }) => valid).length;
  assert.ok(intact >= 2, `only ${intact} copies are intact before the repair`);
  const main = new MediumErrors(remains.main, { badSectors: copyOf(bad?.main) });
  const spare = new MediumErrors(remains.spare, { badSectors: copyOf(bad?.spare) });
  const target = await open(main, spare);
  await checkContent(target, history, cut, bad !== undefined);
  assert.deepEqual(
    await mappingOnDisk(remains.spare, target.sectorCount),
    mappingOf(target.table),
    'the index is another than the table on the spare',
  );
  if (!bad) await checkRepaired(remains.spare, before.sequence);
}

/** Opens the disks that a cut left, and gives a log of that, which can be cut in turn. */
export async function recordReopening({ main, spare }: Remains): Promise<CrashLog> {
  const log = new CrashLog();
  const devices = [log.record(main), log.record(spare)] as const;
  await open(...devices);
  return log;
}

async function open(
  main: ConstructorParameters<typeof MediumErrors>[0],
  spare: typeof main,
): Promise<RemapTarget> {
  const layers = { main, spares: [spare] };
  const log = new KernelLog(() => undefined);
  const options = { persistent: true, clock: new ManualClock(), observer: new CountingObserver(), log };
  const { target } = await settled(constructTarget(layers, options), 'opening');
  assert.deepEqual(target.readOnlyReasons, []);
  return target;
}

/** Reads everything that was ever written, and compares each sector with what may be there. */
async function checkContent(
  target: RemapTarget,
  history: CrashHistory,
  cut: number,
  mayFail: boolean,
): Promise<void> {
  const { sectors } = history;
  const [first, last] = [sectors[0]!, sectors.at(-1)!];
  const buffer = new Uint8Array((last - first + 1) * 512);
  const failed = await target.read(first, buffer).then(
    () => [],
    (error) => {
      if (mayFail && error.code === 'EIO') return error.failed;
      throw error;
    },
  );
  for (const sector of sectors) {
    if (isAmong(sector, failed)) continue;
    const version = versionOf(sector, sliceSectors(buffer, first, sector, 1));
    const allowed = history.allowedAt(cut, sector);
    assert.ok(
      allowed.has(version),
      `sector ${sector} reads as version ${version} instead of ${[...allowed].join(' or ')}`,
    );
  }
}

async function checkRepaired(spare: MemoryDevice, sequenceBefore: number): Promise<void> {
  const { copies } = await inspectMetadata(spare, new ManualClock().now());
  const sequences = new Set(copies.map((copy: CopyReport) => (copy.valid ? copy.sequence : 'not valid')));
  assert.equal(sequences.size, 1, `the copies differ after the repair: ${[...sequences].join(', ')}`);
  assert.ok(Number([...sequences][0]) >= sequenceBefore, 'the repair went back to an older state');
}

function copyOf(set: ReadonlyRangeSet | undefined): RangeSet {
  const copy = new RangeSet();
  for (const { first, sectorCount, tag } of set?.tagged() ?? []) copy.add(first, sectorCount, tag);
  return copy;
}
