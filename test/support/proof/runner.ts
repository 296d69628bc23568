import assert from 'node:assert/strict';
import { RemapError } from '../../../src/engine/errors';
import { settled, turns } from '../turns';
import { Batch, NO_TOLERANCE, type Tolerance } from './batch';
import { ContentModel } from './contentModel';
import { mappingOf } from './diskTable';
import {
  brokenCopies,
  checkCopies,
  checkCounters,
  checkTable,
  checkTableOnDisk,
  isRecoverable,
  type Tally,
} from './invariants';
import type { DeviceOperation, DeviceRequest } from './operations';
import { type Issued, isAmong, type Moment } from './requests';
import type { StackRig } from './stackRig';

/** Keeps what was asked and answered, and when. */
export interface History {
  /** How many events the disks have seen. */
  readonly eventCount: number;
  noteRequests(issued: readonly Issued[]): void;
  /** A flush was answered: every request answered before it was asked for is durable from then on. */
  noteFlush(asked: Moment, answered: Moment): void;
}

/** With more broken copies than this the newest state may be lost. */
const MAX_BROKEN_COPIES = 2;
const READ_SECTORS = 64;
/** A copy that was just found intact is believed to be so for the rest of a burst of commits. */
const LONGER_THAN_A_BURST_MS = 50;
const ALL_COPIES = [0, 1, 2, 3, 4];

type Operation<Kind extends DeviceOperation['kind']> = Extract<DeviceOperation, { kind: Kind }>;

export interface RunnerOptions {
  /** Told of everything that was asked and answered. */
  readonly history?: History;
  /** What the device holds already, and the version of its last write. */
  readonly model?: ContentModel;
  readonly version?: number;
  readonly tolerance?: Tolerance;
}

/** Carries out operations on a whole stack, and holds every answer against what the rules promise. */
export class StackRunner {
  readonly rig: StackRig;
  readonly model: ContentModel;
  readonly #fireTimers: () => void;
  readonly #history: History | undefined;
  readonly #tolerance: Tolerance;
  #version: number;
  #order = 0;
  /** Copies that had a bad sector since the last repair. */
  #mayHaveFailed = new Set<number>();
  #tally: Tally = { reads: 0, writes: 0 };

  constructor(rig: StackRig, fireTimers: () => void, options: RunnerOptions = {}) {
    this.rig = rig;
    this.#fireTimers = fireTimers;
    this.model = options.model ?? new ContentModel();
    this.#history = options.history;
    this.#tolerance = options.tolerance ?? NO_TOLERANCE;
    this.#version = options.version ?? 0;
    this.#repaired();
  }

  /** The version of the last write. */
  get version(): number {
    return this.#version;
  }

  async run(operation: DeviceOperation): Promise<void> {
    await this.#carryOut(operation);
    checkTable(this.rig);
    checkCounters(this.rig, this.#tally);
  }

  /** Heals everything, reads all that was ever touched, and does so again after a reload. */
  async finish(): Promise<void> {
    await this.run({ kind: 'flakey', table: null });
    await this.run({ kind: 'heal', on: 'main' });
    await this.run({ kind: 'heal', on: 'spare' });
    await this.#readAll();
    await this.run({ kind: 'repair' });
    if (!this.rig.persistent) return;
    await this.run({ kind: 'reload' });
    await this.#readAll();
  }

  async #carryOut(operation: DeviceOperation): Promise<void> {
    if (!this.rig.persistent && endsTarget(operation)) return;
    switch (operation.kind) {
      case 'io':
        return this.#io(operation.requests);
      case 'break':
        return operation.on === 'main' ? this.#breakMain(operation) : this.#breakSpare(operation);
      case 'heal':
        this.rig[operation.on].medium.clear();
        return;
      case 'flakey':
        this.rig.loadFlakey(operation.table);
        return;
      case 'suspend':
        return this.#suspend(operation);
      case 'reload':
        return this.#reload();
      case 'reboot':
        return this.#reboot(operation);
      case 'repair':
        await this.#tolerating(this.rig.target.committer.rewrite(), 'repair');
        this.#repaired();
        return this.#checkDisk();
      case 'idle':
        this.#fireTimers();
        await this.#tolerating(this.rig.target.committer.settle(), 'settling');
        return this.#checkDisk();
    }
  }

  /** Waits for work that may fail only if a disk does. */
  async #tolerating(work: Promise<void>, what: string): Promise<void> {
    await settled(work, what).catch((error: unknown) => {
      if (!(this.#tolerance.failingDisk() && error instanceof RemapError)) throw error;
    });
  }

  async #io(requests: readonly DeviceRequest[]): Promise<void> {
    const batch = this.#newBatch(requests);
    await this.#end(batch);
  }

  #newBatch(requests: readonly DeviceRequest[]): Batch {
    const batch = new Batch(this.rig, this.model, this.#tolerance);
    this.#send(batch, requests);
    return batch;
  }

  #send(batch: Batch, requests: readonly DeviceRequest[]): void {
    batch.send(requests, { nextVersion: () => ++this.#version, now: this.#now });
  }

  readonly #now = (): Moment => ({ order: ++this.#order, eventCount: this.#history?.eventCount ?? 0 });

  async #end(batch: Batch): Promise<void> {
    await batch.end();
    batch.judge();
    this.#history?.noteRequests(batch.issued);
    for (const { kind } of batch.issued) {
      if (kind === 'read') this.#tally.reads++;
      if (kind === 'write') this.#tally.writes++;
    }
  }

  #breakMain({ runs, fault }: Operation<'break'>): void {
    const { sectorCount } = this.rig.target;
    const inside = runs.map(([first, count]) => {
      const start = first % sectorCount;
      return [start, Math.min(count, sectorCount - start)] as const;
    });
    this.rig.main.medium.inject(inside, fault);
  }

  /** Breaks a part of the spare, unless the newest table couldn't be found afterwards. */
  async #breakSpare(operation: Operation<'break'>): Promise<void> {
    if (operation.on !== 'spare') return;
    const { medium, platters } = this.rig.spare;
    this.rig.clock.ms += LONGER_THAN_A_BURST_MS;
    for (const [offset, count] of operation.runs) {
      const first = this.#spareSector(operation.where, offset);
      const run = [first, Math.min(count, platters.sectorCount - first)] as const;
      if (medium.badSectors.intersects(...run)) continue;
      medium.inject([run], operation.fault);
      const broken = brokenCopies(this.rig);
      const isTolerable = broken.length <= MAX_BROKEN_COPIES && (await isRecoverable(this.rig));
      if (!isTolerable) medium.clear([run]);
      else for (const index of broken) this.#mayHaveFailed.add(index);
    }
  }

  #spareSector(where: 'next' | 'used' | 'anywhere', offset: number): number {
    const { sectorCount } = this.rig.spare.platters;
    const { table, pool } = this.rig.target;
    if (where === 'next') return Math.min(pool.member(0).allocator.nextSpare + (offset % 8), sectorCount - 1);
    if (where === 'used' && table.slotCount > 0) return table.spareOf(offset % table.slotCount);
    return offset % sectorCount;
  }

  async #suspend({ before, during, end }: Operation<'suspend'>): Promise<void> {
    const { target } = this.rig;
    const first = this.#newBatch(before);
    const asked = this.#now();
    const suspending = target.suspend();
    const isSuspended = await settled(suspending, 'suspend').then(
      () => true,
      (error: unknown) => {
        assert.ok(error instanceof RemapError && error.code === 'EIO', String(error));
        return false;
      },
    );
    if (isSuspended) assert.equal(first.pending.length, 0, 'suspended with requests under way (R11)');
    await this.#end(first);
    if (!isSuspended) {
      assert.ok(this.#mayFlushFail, 'suspend failed without a reason');
      assert.equal(target.suspended, false);
      return;
    }
    this.model.flushed();
    this.#history?.noteFlush(asked, this.#now());
    await this.#checkDisk();
    const held = this.#newBatch(during);
    await turns(10);
    assert.equal(held.pending.length, held.issued.length, 'a request was answered while suspended (R11)');
    if (end === 'resume') {
      target.resume();
      return this.#end(held);
    }
    await this.#close();
    await held.end();
    for (const { outcome } of held.issued) {
      assert.ok(outcome instanceof RemapError && outcome.code === 'ENODEV', String(outcome));
    }
    await this.#construct();
  }

  async #reload(): Promise<void> {
    const before = mappingOf(this.rig.target.table);
    const isClean = await this.#close();
    await this.#construct();
    if (!isClean) return;
    assert.deepEqual(mappingOf(this.rig.target.table), before, 'the reload changed the table (B7, B8)');
  }

  /** Removes the target, and answers whether its last flush succeeded; it is gone either way. */
  async #close(): Promise<boolean> {
    const asked = this.#now();
    try {
      await settled(this.rig.target.close(), 'close');
    } catch (error) {
      assert.ok(error instanceof RemapError && error.code === 'EIO', String(error));
      assert.ok(this.#mayFlushFail, 'close failed without a reason');
      this.model.closedInDoubt();
      return false;
    }
    this.model.flushed();
    this.#history?.noteFlush(asked, this.#now());
    return true;
  }

  async #reboot({ requests, turns: count, powerLossSeed }: Operation<'reboot'>): Promise<void> {
    const before = mappingOf(this.rig.target.table);
    const batch = this.#newBatch(requests);
    await turns(count);
    const answered = new Set(batch.issued.filter(({ outcome }) => outcome === 'done'));
    if (powerLossSeed === null) await settled(this.rig.shutDown(), 'shutting down');
    else await settled(this.rig.losePower(powerLossSeed), 'losing power');
    await batch.end();
    const writes = batch.issued.flatMap((request) => {
      if (request.kind !== 'write' && request.kind !== 'discard') return [];
      const { first, count: length, version, remapped } = request;
      const isDone = answered.has(request) || (powerLossSeed === null && request.outcome === 'done');
      return [{ first, count: length, version, remapped, result: isDone ? 'done' : 'unknown' } as const];
    });
    this.model.applyWrites(writes);
    if (powerLossSeed === null) this.model.rebooted();
    else this.model.lostPower();
    await this.rig.powerUp();
    this.#started();
    this.#checkKept(before, batch.issued);
  }

  /** Every sector that was remapped is remapped still, except those of requests that were under way. */
  #checkKept(before: ReadonlyMap<number, number>, issued: readonly Issued[]): void {
    const after = mappingOf(this.rig.target.table);
    const touched = issued.map(({ first, count }) => [first, count] as const);
    const isUnremapped = (sector: number) =>
      issued.some(({ kind, first }) => kind === 'unremap' && first === sector);
    for (const [original, spare] of before) {
      if (isUnremapped(original)) continue;
      if (isAmong(original, touched))
        assert.ok(after.has(original), `the remap of sector ${original} is gone`);
      else
        assert.equal(
          after.get(original),
          spare,
          `the remap of sector ${original} changed in the reboot (B9)`,
        );
    }
  }

  async #construct(): Promise<void> {
    await settled(this.rig.construct(), 'construction').catch((error: unknown) => {
      if (!(this.#tolerance.failingDisk() && error instanceof RemapError)) throw error;
      this.#tolerance.heal();
      return this.rig.construct();
    });
    this.#started();
  }

  #started(): void {
    this.#tally = { reads: 0, writes: 0 };
    this.#repaired();
  }

  #repaired(): void {
    this.#mayHaveFailed = new Set(this.#tolerance.hiccups ? ALL_COPIES : brokenCopies(this.rig));
  }

  get #mayFlushFail(): boolean {
    const { flakey } = this.rig;
    return this.#tolerance.failingDisk() !== null || (flakey.isDown && flakey.config!.errorWrites);
  }

  async #checkDisk(): Promise<void> {
    if (!this.rig.persistent || this.#tolerance.failingDisk()) return;
    await checkTableOnDisk(this.rig);
    await checkCopies(this.rig, this.#mayHaveFailed);
  }

  async #readAll(): Promise<void> {
    const { first, end } = this.model.extent;
    for (let at = first; at < end; at += READ_SECTORS) {
      await this.#io([{ kind: 'read', first: at, count: Math.min(READ_SECTORS, end - at) }]);
    }
  }
}

/** Without the metadata module no remap need survive a new construction of the target (B7). */
function endsTarget(operation: DeviceOperation): boolean {
  const isRemoval = operation.kind === 'suspend' && operation.end === 'remove';
  return isRemoval || operation.kind === 'reload' || operation.kind === 'reboot';
}
