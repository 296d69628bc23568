import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  type BlockDevice,
  type ReadOptions,
  type ReadRequest,
  SECTOR_SIZE,
} from '../../../../src/engine/block/blockDevice';
import { Flakey } from '../../../../src/engine/block/flakey';
import { Layer } from '../../../../src/engine/block/layer';
import { MediumErrors } from '../../../../src/engine/block/mediumErrors';
import { checkRequest } from '../../../../src/engine/block/range';
import { ReadAhead } from '../../../../src/engine/block/readAhead';
import { VolatileCache } from '../../../../src/engine/block/volatileCache';
import { deferred } from '../../../../src/engine/concurrency/deferred';
import { parseFlakeyTable } from '../../../../src/engine/dmsetup/flakeyTable';
import { BlockError } from '../../../../src/engine/errors';
import { assertRefused } from '../../../support/block/blockErrors';
import { MemoryDevice } from '../../../support/block/memoryDevice';
import { ScriptedDevice } from '../../../support/block/scriptedDevice';
import { patternBytes } from '../../../support/block/sectors';
import { submitted } from '../../../support/block/submitted';
import { turns } from '../../../support/turns';

const SECTORS = 100;

/** A layer that takes nothing. */
class Passing extends Layer {}

/** Serves what begins in the second half itself, when it is let; notes what it is asked and told. */
class SecondHalf extends Layer {
  readonly notes: string[] = [];
  served: Promise<void> = Promise.resolve();
  finished: Promise<void> = Promise.resolve();

  protected override ownRead(sector: number, buffer: Uint8Array, options?: ReadOptions) {
    const own = this.#take(`read ${sector}+${buffer.length} ${JSON.stringify(options)}`, sector);
    if (!own) return null;
    return own.then(() => {
      checkRequest(sector, buffer.length, SECTORS);
      buffer.fill(0xee);
    });
  }

  protected override ownWrite(sector: number, buffer: Uint8Array) {
    return this.#take(`write ${sector}+${buffer.length}`, sector);
  }

  protected override ownFlush() {
    return this.#take('flush', SECTORS);
  }

  protected override ownDiscard(sector: number, sectorCount: number) {
    return this.#take(`discard ${sector}+${sectorCount}`, sector);
  }

  protected override finish(): Promise<void> {
    this.notes.push('finish');
    return this.finished;
  }

  losePower(): void {
    this.refuseAll('no power');
  }

  #take(note: string, sector: number): Promise<void> | null {
    this.notes.push(note);
    return sector >= SECTORS / 2 ? this.served : null;
  }
}

const bytes = (sectorCount = 1) => new Uint8Array(sectorCount * SECTOR_SIZE);

describe('Layer', () => {
  describe('passing down', () => {
    it('is as large and as writable as the device below', () => {
      assert.equal(new Passing(new MemoryDevice(7)).sectorCount, 7);
      assert.equal(new Passing(new MemoryDevice(7)).readOnly, false);
      assert.equal(new Passing(new MemoryDevice(7, true)).readOnly, true);
    });

    it('hands on what it does not take with every argument, and the same promise back', () => {
      const promise = Promise.resolve();
      const calls: unknown[][] = [];
      const note =
        (name: string) =>
        (...call: unknown[]) => {
          calls.push([name, ...call]);
          return promise;
        };
      const lower = new MemoryDevice(SECTORS);
      for (const name of ['read', 'write', 'flush', 'discard'] as const) lower[name] = note(name);
      const layer = new Passing(lower);
      const buffer = bytes();
      const options: ReadOptions = { skip: [[3, 1]], willReadOn: true };
      assert.equal(layer.read(3, buffer, options), promise);
      assert.equal(layer.write(4, buffer), promise);
      assert.equal(layer.flush(), promise);
      assert.equal(layer.discard(5, 6), promise);
      assert.deepEqual(calls, [
        ['read', 3, buffer, options],
        ['write', 4, buffer],
        ['flush'],
        ['discard', 5, 6],
      ]);
    });

    it('hands a submitted request itself to a device that takes such, through several layers', () => {
      const lower: BlockDevice = new MemoryDevice(SECTORS);
      let got: ReadRequest | undefined;
      lower.submitRead = (request) => {
        got = request;
      };
      const request: ReadRequest = { sector: 1, buffer: bytes(), options: undefined, answer: () => {} };
      new Passing(new Passing(lower)).submitRead(request);
      assert.equal(got, request);
    });

    it('answers a submitted request by the promise of a device that only has promises', async () => {
      const lower = new MemoryDevice(SECTORS);
      await lower.write(5, patternBytes(5, 2));
      const buffer = bytes(2);
      await submitted(new Passing(lower), 5, buffer);
      assert.deepEqual(buffer, patternBytes(5, 2));
      await assertRefused(submitted(new Passing(lower), SECTORS, buffer), 'EINVAL');
    });
  });

  describe('deciding', () => {
    it('asks once for each request, in the same words for both forms of a read', async () => {
      const layer = new SecondHalf(new MemoryDevice(SECTORS));
      const options: ReadOptions = { willReadOn: true };
      for (const sector of [10, 60]) {
        layer.notes.length = 0;
        await layer.read(sector, bytes(), options);
        await submitted(layer, sector, bytes(), options);
        const [asked, ...more] = layer.notes;
        assert.deepEqual(more, [asked]);
      }
      layer.notes.length = 0;
      await layer.write(10, bytes());
      await layer.discard(10, 2);
      await layer.flush();
      assert.deepEqual(layer.notes, ['write 10+512', 'discard 10+2', 'flush']);
    });

    it('keeps from the device below what the layer takes', async () => {
      const disk = new ScriptedDevice(new MemoryDevice(SECTORS));
      const layer = new SecondHalf(disk);
      const buffer = bytes();
      await Promise.all([
        layer.read(50, buffer),
        layer.write(51, bytes()),
        layer.discard(52, 1),
        layer.flush(),
      ]);
      assert.deepEqual(disk.trace(), []);
      assert.ok(buffer.every((byte) => byte === 0xee));
      await layer.read(49, buffer);
      await layer.write(48, bytes());
      await layer.discard(47, 1);
      assert.deepEqual(disk.trace(), ['read 49+1', 'write 48+1', 'discard 47+1']);
    });
  });

  itAnswersBothFormsAlike('a layer that takes half of the sectors', (lower) => new SecondHalf(lower));
  itAnswersBothFormsAlike('MediumErrors', (lower) => {
    const layer = new MediumErrors(lower);
    layer.inject(
      [
        [10, 3],
        [40, 30],
      ],
      { mode: 'error' },
    );
    return layer;
  });
  itAnswersBothFormsAlike('a Flakey that is down', (lower) => {
    return new Flakey(lower, { config: parseFlakeyTable('0 1 1 error_reads') });
  });
  itAnswersBothFormsAlike('a Flakey that corrupts', (lower) => {
    return new Flakey(lower, { config: parseFlakeyTable('0 1 5 corrupt_bio_byte 32 r 7 0') });
  });
  itAnswersBothFormsAlike('a VolatileCache that keeps some of it', async (lower) => {
    const layer = new VolatileCache(lower);
    await layer.write(30, patternBytes(30, 20, 2));
    return layer;
  });
  itAnswersBothFormsAlike('ReadAhead', (lower) => new ReadAhead(lower));

  describe('closing', () => {
    it('waits for its own requests, finishes, and only then closes the device below', async () => {
      const served = deferred();
      const finished = deferred();
      const { layer, lower } = closable();
      layer.served = served.promise;
      layer.finished = finished.promise;
      const requests = [
        layer.read(60, bytes()),
        submitted(layer, 60, bytes()),
        layer.write(60, bytes()),
        layer.discard(60, 1),
        layer.flush(),
      ];
      layer.notes.length = 0;
      const closing = layer.close();
      await turns(5);
      assert.deepEqual(layer.notes, []);
      served.resolve();
      await Promise.all(requests);
      await turns(5);
      assert.deepEqual(layer.notes, ['finish']);
      assert.equal(lower.closes, 0);
      finished.resolve();
      await closing;
      assert.equal(lower.closes, 1);
    });

    it('waits no longer for requests that failed', async () => {
      const { layer, lower } = closable();
      layer.served = Promise.reject(new BlockError('EIO', 'no', [[60, 1]]));
      await assert.rejects(layer.read(60, bytes()));
      await assert.rejects(submitted(layer, 60, bytes()));
      await layer.close();
      assert.equal(lower.closes, 1);
    });

    it('refuses every request from the call on, unasked', async () => {
      const { layer } = closable();
      const closing = layer.close();
      await assertAllRefused(layer);
      await closing;
      await assertAllRefused(layer);
      assert.deepEqual(layer.notes, ['finish']);
    });

    it('happens once', async () => {
      const { layer, lower } = closable();
      await Promise.all([layer.close(), layer.close()]);
      await layer.close();
      assert.equal(lower.closes, 1);
      assert.deepEqual(layer.notes, ['finish']);
    });

    it('closes the device below also if it cannot finish, and says why it could not', async () => {
      const { layer, lower } = closable();
      layer.finished = Promise.reject(new BlockError('EIO', 'cannot finish', []));
      await assert.rejects(layer.close(), /cannot finish/);
      assert.equal(lower.closes, 1);
    });
  });

  it('refuses every request once it is told to, and still closes', async () => {
    const { layer, lower } = closable();
    layer.losePower();
    await assertAllRefused(layer, /no power/);
    await layer.close();
    await assertAllRefused(layer, /no power/);
    assert.equal(lower.closes, 1);
  });
});

class CountingCloses extends MemoryDevice {
  closes = 0;

  override async close(): Promise<void> {
    this.closes++;
  }
}

function closable() {
  const lower = new CountingCloses(SECTORS);
  return { lower, layer: new SecondHalf(lower) };
}

async function assertAllRefused(layer: Layer, reason = /closed/): Promise<void> {
  const requests = () => [
    layer.read(1, bytes()),
    layer.read(60, bytes()),
    submitted(layer, 1, bytes()),
    submitted(layer, 60, bytes()),
    layer.write(1, bytes()),
    layer.discard(1, 1),
    layer.flush(),
  ];
  for (const request of requests()) {
    await assert.rejects(request, (error) => {
      assert.ok(error instanceof BlockError);
      assert.equal(error.code, 'ENODEV');
      assert.match(error.message, reason);
      return true;
    });
  }
}

/** Any request, those outside the device and those of no whole sectors included, has one answer in both forms. */
function itAnswersBothFormsAlike(name: string, create: (lower: BlockDevice) => Layer | Promise<Layer>): void {
  it(`answers both forms of a read alike: ${name}`, async () => {
    const request = fc.record({
      sector: fc.integer({ min: -2, max: SECTORS + 2 }),
      byteLength: fc.oneof(
        fc.integer({ min: 0, max: 40 }).map((sectorCount) => sectorCount * SECTOR_SIZE),
        fc.integer({ min: 0, max: 2000 }),
      ),
      skip: fc.option(fc.record({ at: fc.nat(20), count: fc.integer({ min: 1, max: 20 }) })),
      willReadOn: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 20 }), async (requests) => {
        const disk = new MemoryDevice(SECTORS);
        await disk.write(0, patternBytes(0, SECTORS));
        const byPromise = await create(disk.fork());
        const byCall = await create(disk.fork());
        for (const { sector, byteLength, skip, willReadOn } of requests) {
          const options: ReadOptions = skip
            ? { skip: [[sector + skip.at, skip.count]], willReadOn }
            : { willReadOn };
          const one = new Uint8Array(byteLength);
          const other = new Uint8Array(byteLength);
          const [expected] = await Promise.allSettled([byPromise.read(sector, one, options)]);
          const [actual] = await Promise.allSettled([submitted(byCall, sector, other, options)]);
          assert.deepEqual(actual, expected);
          assert.deepEqual(other, one);
        }
      }),
      { numRuns: 60 },
    );
  });
}
