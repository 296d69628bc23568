import assert from 'node:assert/strict';
import { sliceSectors } from '../../../src/engine/block/range';
import { RemapError } from '../../../src/engine/errors';
import { settled } from '../turns';
import type { ContentModel, WriteOutcome } from './contentModel';
import { isMainGoodAt, isWritable, type Readability, readabilityOf } from './expectations';
import type { DeviceRequest } from './operations';
import { failedSectors, type Issued, isAmong, issue, type Moment } from './requests';
import type { StackRig } from './stackRig';
import { versionOf } from './versions';

/** After this many failing spare sectors in a row the target takes the whole spare for dead. */
const DEAD_SPARE_SECTORS = 64;

/** What the disks promised for one sector before a batch of requests was sent. */
interface Expectation {
  readonly disk: 'main' | 'spare';
  readonly readability: Readability;
  readonly writable: boolean;
  /** Whether main takes a write to the sector and gives it back, wherever the table leads. */
  readonly isMainGood: boolean;
}

/** Numbers the writes, and tells the time. */
export interface Stamps {
  nextVersion(): number;
  now(): Moment;
}

/** Faults that the media don't show. */
export interface Tolerance {
  /** The disk that fails now: requests that need it may fail. */
  failingDisk(): 'main' | 'spare' | null;
  /** Whether single requests to a disk fail; retries and second copies make up for these. */
  readonly hiccups: boolean;
  heal(): void;
}

export const NO_TOLERANCE: Tolerance = { failingDisk: () => null, hiccups: false, heal: () => undefined };

/** Requests that are in flight together, judged together once all of them have ended. */
export class Batch {
  readonly issued: Issued[] = [];
  readonly #rig: StackRig;
  readonly #model: ContentModel;
  readonly #before = new Map<number, Expectation>();
  readonly #flakeyBefore: boolean;

  readonly #tolerance: Tolerance;

  constructor(rig: StackRig, model: ContentModel, tolerance: Tolerance) {
    this.#rig = rig;
    this.#model = model;
    this.#tolerance = tolerance;
    this.#flakeyBefore = rig.flakey.isDown && rig.flakey.config!.errorWrites;
  }

  /** Sends requests at once, after those that were sent before. */
  send(requests: readonly DeviceRequest[], stamps: Stamps): void {
    for (const request of requests) this.#expect(request);
    for (const request of requests) {
      this.issued.push(issue(this.#rig.target, request, stamps.nextVersion(), stamps.now));
    }
  }

  get pending(): readonly Issued[] {
    return this.issued.filter(({ outcome }) => outcome === 'pending');
  }

  /** Waits until every request has ended. */
  async end(): Promise<void> {
    for (const { kind, first, count, done } of this.issued) {
      await settled(done, `the ${kind} of ${count} sectors from ${first} on`);
    }
  }

  /** Checks every answer, and tells the model what was written. */
  judge(): void {
    for (const request of this.issued) {
      if (request.kind === 'read') this.#judgeRead(request);
      else this.#judgeOther(request);
    }
    this.#model.applyWrites(this.writes());
    for (const request of this.issued) {
      const isAlone = this.#versionsOf(request.first).length === 0;
      const isCopied = request.kind === 'remap' || request.kind === 'unremap';
      if (isCopied && request.outcome === 'done' && isAlone) this.#model.copied(request.first);
    }
    if (this.issued.some(({ kind, outcome }) => kind === 'flush' && outcome === 'done')) {
      this.#model.flushed((sector) => this.#versionsOf(sector).length === 0);
    }
  }

  /** The batch's writes and discards, split where only a part of one succeeded. */
  writes(): WriteOutcome[] {
    return this.issued.flatMap((request) => {
      if (request.kind !== 'write' && request.kind !== 'discard') return [];
      const failed = failedSectors(request);
      const { first, count, version, remapped } = request;
      return Array.from({ length: count }, (_, i): WriteOutcome => {
        const result = isAmong(first + i, failed) ? 'failed' : 'done';
        return { first: first + i, count: 1, version, result, remapped };
      });
    });
  }

  #expect(request: DeviceRequest): void {
    if (request.kind === 'flush') return;
    const { sectorCount } = this.#rig.target;
    const count = 'count' in request ? request.count : 1;
    for (let i = 0; i < count; i++) {
      const sector = (request.first % sectorCount) + i;
      if (this.#before.has(sector) || sector >= sectorCount) continue;
      const writable = isWritable(this.#rig, sector);
      const disk = this.#rig.target.table.slotOf(sector) === -1 ? 'main' : 'spare';
      const isMainGood = isMainGoodAt(this.#rig, sector);
      this.#before.set(sector, { disk, readability: readabilityOf(this.#rig, sector), writable, isMainGood });
    }
  }

  #judgeRead(request: Issued): void {
    if (request.outcome !== 'done') assertCode(request, ['EIO']);
    const failed = failedSectors(request);
    for (let sector = request.first; sector < request.first + request.count; sector++) {
      const hasFailed = isAmong(sector, failed);
      this.#judgeReadability(sector, hasFailed);
      if (hasFailed) continue;
      const bytes = sliceSectors(request.buffer, request.first, sector, 1);
      this.#model.observe(sector, versionOf(sector, bytes), new Set(this.#versionsOf(sector)));
    }
  }

  #judgeReadability(sector: number, hasFailed: boolean): void {
    const { readability, disk } = this.#before.get(sector)!;
    if (this.#tolerance.failingDisk() === disk) return;
    const users = this.issued.filter((other) => isAmong(sector, [[other.first, other.count]]));
    const isReliable = readability === 'flaky' && users.length === 1 && !this.#tolerance.hiccups;
    const mustSucceed = readability === 'good' || isReliable;
    if (mustSucceed) assert.ok(!hasFailed, `sector ${sector} is ${readability} and can't be read`);
    const isLeftAlone = users.every(({ kind }) => kind === 'read');
    if (readability === 'bad' && isLeftAlone) {
      assert.ok(hasFailed, `sector ${sector} is bad and was read all the same`);
    }
  }

  #judgeOther(request: Issued): void {
    if (this.#tolerance.failingDisk()) {
      // A spare sector that failed when it was aimed at before is known as bad, and no longer free to aim at.
      const isPicky = request.isAimed || request.kind === 'unremap';
      const codes = ['EIO', 'ENOSPC', 'EEXIST', ...(isPicky ? ['EINVAL'] : [])];
      if (request.outcome !== 'done') assertCode(request, codes);
    } else if (request.outcome === 'done') {
      if (request.kind === 'discard') this.#judgeDiscard(request);
    } else if (request.kind === 'flush') {
      assert.ok(this.#flakeyBefore, `flush failed without a reason: ${String(request.outcome)}`);
      assertCode(request, ['EIO']);
    } else if (request.kind === 'unremap') {
      this.#judgeUnremap(request);
    } else if (request.kind === 'remap') {
      const codes = ['EEXIST', ...this.#excuses(), ...this.#unreadable(request.first)];
      assertCode(request, request.isAimed ? [...codes, 'EINVAL', 'EIO'] : codes);
    } else if (request.kind === 'discard') {
      assertCode(request, ['EIO']);
      this.#judgeDiscard(request);
    } else {
      assertCode(request, this.#excuses());
    }
  }

  /** A remapped sector of which both places are good moves back to main. */
  #judgeUnremap(request: Issued): void {
    assertCode(request, ['EINVAL', 'EIO']);
    const { disk, readability, isMainGood } = this.#before.get(request.first)!;
    const users = this.issued.filter((other) => isAmong(request.first, [[other.first, other.count]]));
    const isGood = disk === 'spare' && readability === 'good' && isMainGood && !this.#tolerance.hiccups;
    assert.ok(
      !isGood || users.length > 1,
      `sector ${request.first} could move back to main: ${String(request.outcome)}`,
    );
  }

  #judgeDiscard(request: Issued): void {
    const failed = failedSectors(request);
    for (let sector = request.first; sector < request.first + request.count; sector++) {
      const { writable } = this.#before.get(sector)!;
      const users = this.issued.filter((other) => isAmong(sector, [[other.first, other.count]]));
      if (writable) assert.ok(!isAmong(sector, failed), `discard failed on sector ${sector}, which is good`);
      else if (users.length === 1)
        assert.ok(isAmong(sector, failed), `discard hid the failure of sector ${sector}`);
    }
  }

  #unreadable(sector: number): string[] {
    return this.#before.get(sector)!.readability === 'good' ? [] : ['EIO'];
  }

  /** Why a write may fail: the spare is full, or was until a sector moved back, or is as good as dead. */
  #excuses(): string[] {
    const { target, spare } = this.#rig;
    const isMadeFree = this.issued.some(({ kind, outcome }) => kind === 'unremap' && outcome === 'done');
    return [
      ...(target.pool.free === 0 || isMadeFree ? ['ENOSPC'] : []),
      ...(spare.bad.sectorCount >= DEAD_SPARE_SECTORS ? ['EIO'] : []),
    ];
  }

  #versionsOf(sector: number): number[] {
    return this.issued
      .filter(({ kind, first, count }) => isWrite(kind) && sector >= first && sector < first + count)
      .map(({ version }) => version);
  }
}

function isWrite(kind: DeviceRequest['kind']): boolean {
  return kind === 'write' || kind === 'discard';
}

function assertCode(request: Issued, codes: readonly string[]): void {
  const { kind, first, count, outcome } = request;
  assert.ok(outcome instanceof RemapError);
  assert.ok(
    codes.includes(outcome.code),
    `the ${kind} of ${count} sectors from ${first} on failed with ${outcome.code} (${outcome.message}); allowed: ${codes.join(', ') || 'nothing'}`,
  );
}
