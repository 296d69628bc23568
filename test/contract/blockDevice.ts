import assert from 'node:assert/strict';
import { type BlockDevice, SECTOR_SIZE } from '../../src/engine/block/blockDevice';
import { sliceSectors } from '../../src/engine/block/range';
import type { ErrorCode, SectorRange } from '../../src/engine/errors';
import { describeModel } from '../support/block/blockDeviceModel';
import { assertFailed, assertRefused } from '../support/block/blockErrors';
import { assertSectors, patternBytes, readSectors } from '../support/block/sectors';
import { submitted } from '../support/block/submitted';

/** How the suite makes the devices that it tests. It closes each of them; `cleanup` removes everything else. */
export interface BlockDeviceSubject {
  /** A new device, healthy, writable, and all zeros. */
  create(sectorCount: number): Promise<BlockDevice>;
  /** A device of zeros that refuses writes. Absent: the device has no such mode. */
  createReadOnly?(sectorCount: number): Promise<BlockDevice>;
  /** A device of zeros on which exactly the reads or writes of `bad` fail. Absent: the device never fails by itself. */
  createFailing?: {
    readonly [operation in 'read' | 'write']?: (
      sectorCount: number,
      bad: readonly SectorRange[],
    ) => Promise<BlockDevice>;
  };
  /** The code of a failing write, if it isn't `EIO`. */
  readonly writeErrorCode?: ErrorCode;
  /** How many runs of random requests there are; absent: 40. */
  readonly modelRuns?: number;
  /** Runs after each test, when its devices are closed. */
  cleanup?(): Promise<void>;
}

/**
 * The conformance suite of {@link BlockDevice}: call it inside or outside a `describe`, once for each implementation.
 *
 * ```ts
 * describeBlockDevice('MemoryDevice', { create: async (sectorCount) => new MemoryDevice(sectorCount) });
 * ```
 */
export function describeBlockDevice(name: string, subject: BlockDeviceSubject): void {
  describe(`${name} as a BlockDevice`, () => {
    const opened: BlockDevice[] = [];
    const track = async (device: Promise<BlockDevice>): Promise<BlockDevice> => {
      opened.push(await device);
      return device;
    };
    const create = (sectorCount: number) => track(subject.create(sectorCount));

    afterEach(async () => {
      for (const device of opened.splice(0)) await device.close();
      await subject.cleanup?.();
    });

    describeTransfers(create);
    describeBounds(create);
    describeDiscard(create);
    describeClosing(create);
    if (subject.createReadOnly) {
      const createReadOnly = subject.createReadOnly.bind(subject);
      describeReadOnly((sectorCount) => track(createReadOnly(sectorCount)));
    }
    const { read, write } = subject.createFailing ?? {};
    if (read) describeFailingReads((sectorCount, bad) => track(read(sectorCount, bad)));
    if (write) {
      const code = subject.writeErrorCode ?? 'EIO';
      describeFailingWrites((sectorCount, bad) => track(write(sectorCount, bad)), code);
    }
    describeModel(subject);
  });
}

type Create = (sectorCount: number) => Promise<BlockDevice>;
type CreateFailing = (sectorCount: number, bad: readonly SectorRange[]) => Promise<BlockDevice>;

function describeTransfers(create: Create): void {
  it('has the size asked for and is writable', async () => {
    const device = await create(100);
    assert.equal(device.sectorCount, 100);
    assert.equal(device.readOnly, false);
  });

  it('reads zeros before anything is written', async () => {
    const device = await create(100);
    assertSectors(await readSectors(device, 0, 100), new Uint8Array(100 * SECTOR_SIZE));
  });

  it('reads back what was written, and leaves the neighbours alone', async () => {
    const device = await create(100);
    await device.write(10, patternBytes(10, 5));
    assertSectors(await readSectors(device, 10, 5), patternBytes(10, 5), 10);
    assertSectors(await readSectors(device, 9, 1), new Uint8Array(SECTOR_SIZE), 9);
    assertSectors(await readSectors(device, 15, 1), new Uint8Array(SECTOR_SIZE), 15);
    assertSectors(await readSectors(device, 12, 2), patternBytes(12, 2), 12);
  });

  it('reaches the first and the last sector, and the whole device in one request', async () => {
    const device = await create(100);
    await device.write(0, patternBytes(0, 1));
    await device.write(99, patternBytes(99, 1));
    assertSectors(await readSectors(device, 0, 1), patternBytes(0, 1));
    assertSectors(await readSectors(device, 99, 1), patternBytes(99, 1), 99);
    await device.write(0, patternBytes(0, 100, 2));
    assertSectors(await readSectors(device, 0, 100), patternBytes(0, 100, 2));
  });

  it('works on a part of a larger buffer without touching the rest of it', async () => {
    const device = await create(100);
    const large = new Uint8Array(4 * SECTOR_SIZE).fill(0x77);
    large.set(patternBytes(50, 1), SECTOR_SIZE);
    await device.write(50, sliceSectors(large, 0, 1, 1));
    large.fill(0x77);
    await device.read(50, sliceSectors(large, 0, 2, 1));
    assertSectors(sliceSectors(large, 0, 2, 1), patternBytes(50, 1), 50);
    for (const untouched of [0, 1, 3]) {
      assertSectors(sliceSectors(large, 0, untouched, 1), new Uint8Array(SECTOR_SIZE).fill(0x77));
    }
  });

  it('neither keeps nor changes a buffer of a write that was answered', async () => {
    const device = await create(10);
    // A Buffer, since its `slice` makes no copy.
    const buffer = Buffer.from(patternBytes(3, 1));
    await device.write(3, buffer);
    assertSectors(buffer, patternBytes(3, 1), 3);
    buffer.fill(0);
    assertSectors(await readSectors(device, 3, 1), patternBytes(3, 1), 3);
  });

  it('serves many requests in flight, each with its own bytes', async () => {
    const device = await create(1000);
    await Promise.all(Array.from({ length: 250 }, (_, i) => device.write(i * 4, patternBytes(i * 4, 4, i))));
    const read = await Promise.all(Array.from({ length: 250 }, (_, i) => readSectors(device, i * 4, 4)));
    for (const [i, bytes] of read.entries()) assertSectors(bytes, patternBytes(i * 4, 4, i), i * 4);
  });

  it('answers a submitted read as it answers a read', async () => {
    const device = await create(100);
    await device.write(3, patternBytes(3, 20));
    const buffers = Array.from({ length: 20 }, () => new Uint8Array(SECTOR_SIZE));
    await Promise.all(buffers.map((buffer, i) => submitted(device, 3 + i, buffer)));
    for (const [i, buffer] of buffers.entries()) assertSectors(buffer, patternBytes(3 + i, 1), 3 + i);
    await assertRefused(submitted(device, 99, new Uint8Array(2 * SECTOR_SIZE)), 'EINVAL');
    await assertRefused(submitted(device, 3, new Uint8Array(SECTOR_SIZE + 1)), 'EINVAL');
  });

  it('flushes, also with nothing written, several at once, and amid writes', async () => {
    const device = await create(100);
    await device.flush();
    await Promise.all([device.write(1, patternBytes(1, 8)), device.flush(), device.flush()]);
    await Promise.all([device.flush(), device.write(9, patternBytes(9, 8)), device.flush()]);
    assertSectors(await readSectors(device, 1, 16), patternBytes(1, 16), 1);
  });

  it('may be told that some sectors of a read are not needed', async () => {
    const device = await create(100);
    await device.write(0, patternBytes(0, 100));
    const buffer = new Uint8Array(20 * SECTOR_SIZE);
    await device.read(40, buffer, {
      skip: [
        [42, 3],
        [50, 1],
      ],
    });
    for (const [first, count] of [
      [40, 2],
      [45, 5],
      [51, 9],
    ] as const) {
      assertSectors(sliceSectors(buffer, 40, first, count), patternBytes(first, count), first);
    }
  });
}

function describeBounds(create: Create): void {
  const wrong: readonly [string, number, number][] = [
    ['before the start', -1, 1],
    ['just past the end', 100, 1],
    ['across the end', 99, 2],
    ['far past the end', 2 ** 40, 1],
    ['between two sectors', 1.5, 1],
    ['at no number', Number.NaN, 1],
    ['of no sector', 5, 0],
  ];

  for (const [what, sector, count] of wrong) {
    it(`refuses a request ${what} with EINVAL and changes nothing (R12)`, async () => {
      const device = await create(100);
      await device.write(0, patternBytes(0, 100));
      await assertRefused(device.read(sector, new Uint8Array(count * SECTOR_SIZE)), 'EINVAL');
      await assertRefused(device.write(sector, new Uint8Array(count * SECTOR_SIZE)), 'EINVAL');
      await assertRefused(device.discard(sector, count), 'EINVAL');
      assertSectors(await readSectors(device, 0, 100), patternBytes(0, 100));
    });
  }

  for (const byteLength of [1, 511, 513]) {
    it(`refuses a buffer of ${byteLength} bytes with EINVAL (R12)`, async () => {
      const device = await create(100);
      await assertRefused(device.read(5, new Uint8Array(byteLength)), 'EINVAL');
      await assertRefused(device.write(5, new Uint8Array(byteLength).fill(1)), 'EINVAL');
      assertSectors(await readSectors(device, 0, 100), new Uint8Array(100 * SECTOR_SIZE));
    });
  }

  it('refuses a negative count with EINVAL (R12)', async () => {
    const device = await create(100);
    await assertRefused(device.discard(5, -1), 'EINVAL');
  });
}

function describeDiscard(create: Create): void {
  it('reads zeros after a discard, and the old bytes around it', async () => {
    const device = await create(300);
    await device.write(0, patternBytes(0, 300));
    await device.discard(10, 1);
    await device.discard(20, 200);
    await device.discard(299, 1);
    const expected = patternBytes(0, 300);
    for (const [first, count] of [
      [10, 1],
      [20, 200],
      [299, 1],
    ] as const) {
      sliceSectors(expected, 0, first, count).fill(0);
    }
    assertSectors(await readSectors(device, 0, 300), expected);
  });

  it('writes again where it discarded', async () => {
    const device = await create(100);
    await device.write(0, patternBytes(0, 100));
    await device.discard(0, 100);
    await device.write(40, patternBytes(40, 1, 2));
    const expected = new Uint8Array(100 * SECTOR_SIZE);
    expected.set(patternBytes(40, 1, 2), 40 * SECTOR_SIZE);
    assertSectors(await readSectors(device, 0, 100), expected);
  });
}

function describeClosing(create: Create): void {
  it('answers every request with ENODEV after close', async () => {
    const device = await create(100);
    await device.close();
    await assertRefused(device.read(0, new Uint8Array(SECTOR_SIZE)), 'ENODEV');
    await assertRefused(submitted(device, 0, new Uint8Array(SECTOR_SIZE)), 'ENODEV');
    await assertRefused(device.write(0, new Uint8Array(SECTOR_SIZE)), 'ENODEV');
    await assertRefused(device.flush(), 'ENODEV');
    await assertRefused(device.discard(0, 1), 'ENODEV');
  });

  it('closes as often as asked, also at the same time', async () => {
    const device = await create(100);
    await Promise.all([device.close(), device.close()]);
    await device.close();
  });

  it('completes the requests in flight when it closes', async () => {
    const device = await create(100);
    await device.write(0, patternBytes(0, 8));
    const inFlight = [readSectors(device, 0, 8), readSectors(device, 4, 1)];
    const others = [device.write(50, patternBytes(50, 8)), device.flush(), device.discard(90, 4)];
    await device.close();
    const [first, second] = await Promise.all(inFlight);
    assertSectors(first!, patternBytes(0, 8));
    assertSectors(second!, patternBytes(4, 1), 4);
    await Promise.all(others);
  });
}

function describeReadOnly(createReadOnly: Create): void {
  it('says that it is read-only, reads, flushes, and refuses writes and discards with EROFS', async () => {
    const device = await createReadOnly(100);
    assert.equal(device.readOnly, true);
    assertSectors(await readSectors(device, 0, 100), new Uint8Array(100 * SECTOR_SIZE));
    await assertRefused(device.write(5, patternBytes(5, 1)), 'EROFS');
    await assertRefused(device.discard(5, 1), 'EROFS');
    await device.flush();
    assertSectors(await readSectors(device, 0, 100), new Uint8Array(100 * SECTOR_SIZE));
  });
}

/** Bad runs at a request's start, inside it, side by side, and at its end. */
const BAD: readonly SectorRange[] = [
  [10, 1],
  [13, 2],
  [20, 1],
  [29, 1],
];

function describeFailingReads(createFailing: CreateFailing): void {
  it('reports exactly the failing sectors of a read and transfers the rest', async () => {
    const device = await createFailing(100, BAD);
    await writeGoodSectors(device, 0, 100, BAD);
    const buffer = new Uint8Array(30 * SECTOR_SIZE).fill(0xee);
    await assertFailed(submitted(device, 5, new Uint8Array(buffer.length)), 'EIO', BAD);
    await assertFailed(device.read(5, buffer), 'EIO', BAD);
    for (let sector = 5; sector < 35; sector++) {
      if (isIn(BAD, sector)) continue;
      assertSectors(sliceSectors(buffer, 5, sector, 1), patternBytes(sector, 1), sector);
    }
  });

  it('reports only sectors of the request itself', async () => {
    const device = await createFailing(100, BAD);
    await assertFailed(device.read(14, new Uint8Array(7 * SECTOR_SIZE)), 'EIO', [
      [14, 1],
      [20, 1],
    ]);
    await assertFailed(device.read(29, new Uint8Array(SECTOR_SIZE)), 'EIO', [[29, 1]]);
    await device.read(21, new Uint8Array(8 * SECTOR_SIZE));
  });

  it('does not report failures in what the caller skips', async () => {
    const device = await createFailing(100, BAD);
    await writeGoodSectors(device, 0, 100, BAD);
    const buffer = new Uint8Array(30 * SECTOR_SIZE);
    await device.read(5, buffer, { skip: BAD });
    assertSectors(sliceSectors(buffer, 5, 15, 5), patternBytes(15, 5), 15);
    const rest: SectorRange[] = [
      [14, 1],
      [29, 1],
    ];
    const skip: SectorRange[] = [
      [9, 5],
      [18, 4],
    ];
    await assertFailed(device.read(5, buffer, { skip }), 'EIO', rest);
    assertSectors(sliceSectors(buffer, 5, 15, 3), patternBytes(15, 3), 15);
  });

  it('keeps failing only where it is bad, with many requests in flight', async () => {
    const device = await createFailing(100, BAD);
    const results = await Promise.allSettled(
      Array.from({ length: 100 }, (_, sector) => device.read(sector, new Uint8Array(SECTOR_SIZE))),
    );
    const failing = results.flatMap((result, sector) => (result.status === 'rejected' ? [sector] : []));
    assert.deepEqual(failing, [10, 13, 14, 20, 29]);
  });
}

function describeFailingWrites(createFailing: CreateFailing, code: ErrorCode): void {
  it('reports exactly the failing sectors of a write and writes the rest', async () => {
    const device = await createFailing(100, BAD);
    await assertFailed(device.write(5, patternBytes(5, 30)), code, BAD);
    for (let sector = 5; sector < 35; sector++) {
      if (isIn(BAD, sector)) continue;
      assertSectors(await readSectors(device, sector, 1), patternBytes(sector, 1), sector);
    }
  });

  it('fails a write of a single bad sector and writes its neighbours', async () => {
    const device = await createFailing(100, BAD);
    await assertFailed(device.write(20, patternBytes(20, 1)), code, [[20, 1]]);
    await device.write(21, patternBytes(21, 8));
    assertSectors(await readSectors(device, 21, 8), patternBytes(21, 8), 21);
  });
}

async function writeGoodSectors(
  device: BlockDevice,
  first: number,
  count: number,
  bad: readonly SectorRange[],
): Promise<void> {
  for (let sector = first; sector < first + count; sector++) {
    if (!isIn(bad, sector)) await device.write(sector, patternBytes(sector, 1));
  }
}

function isIn(ranges: readonly SectorRange[], sector: number): boolean {
  return ranges.some(([first, count]) => sector >= first && sector < first + count);
}
