import assert from 'node:assert/strict';
import { RemapError } from '../../../src/engine/errors';
import { Batch } from './batch';
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
import { isAmong } from './requests';
import type { StackRig } from './stackRig';
import { settled, turns } from './turns';

/** More broken copies than this, and losing the newest state is nobody's fault. */
const MAX_BROKEN_COPIES = 2;
const READ_SECTORS = 64;

type Operation<Kind extends DeviceOperation['kind']> = Extract<DeviceOperation, { kind: Kind }>;

/** Carries out operations on a whole stack, and holds every answer against what the rules promise. */
export class StackRunner {
  readonly rig: StackRig;
  readonly model = new ContentModel();
  readonly #fireTimers: () => void;
  #version = 0;
  #tally: Tally = { reads: 0, writes: 0 };

  constructor(rig: StackRig, fireTimers: () => void) {
    this.rig = rig;
    this.#fireTimers = fireTimers;
  }

  async run(operation: DeviceOperation): Promise<void> {
    await this.#carryOut(operation);
    checkTable(this.rig);
    checkCounters(this.rig, this.#tally);
  }

  /** Heals everything, reads the whole device, and does so again after a reload. */
  async finish(): Promise<void> {
    await this.run({ kind: 'flakey', table: null });
    await this.run({ kind: 'heal', on: 'main' });
    await this.run({ kind: 'heal', on: 'spare' });
    await this.#readAll();
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
        await settled(this.rig.target.committer.rewrite(), 'repair');
        return this.#checkDisk();
      case 'idle':
        this.#fireTimers();
        await settled(this.rig.target.committer.settle(), 'settling');
        return this.#checkDisk();
    }
  }

  async #io(requests: readonly DeviceRequest[]): Promise<void> {
    const batch = this.#newBatch(requests);
    await this.#end(batch);
  }

  #newBatch(requests: readonly DeviceRequest[]): Batch {
    const batch = new Batch(this.rig, this.model);
    this.#send(batch, requests);
    return batch;
  }

  #send(batch: Batch, requests: readonly DeviceRequest[]): void {
    batch.send(requests, () => ++this.#version);
  }

  async #end(batch: Batch): Promise<void> {
    await batch.end();
    batch.judge();
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

  /** Breaks a part of the spare, unless nobody could find the newest table afterwards. */
  async #breakSpare(operation: Operation<'break'>): Promise<void> {
    if (operation.on !== 'spare') return;
    const { medium, platters } = this.rig.spare;
    for (const [offset, count] of operation.runs) {
      const first = this.#spareSector(operation.where, offset);
      const run = [first, Math.min(count, platters.sectorCount - first)] as const;
      if (medium.badSectors.intersects(...run)) continue;
      medium.inject([run], operation.fault);
      const isTolerable = brokenCopies(this.rig) <= MAX_BROKEN_COPIES && (await isRecoverable(this.rig));
      if (!isTolerable) medium.clear([run]);
    }
  }

  #spareSector(where: 'next' | 'used' | 'anywhere', offset: number): number {
    const { sectorCount } = this.rig.spare.platters;
    const { table, pool } = this.rig.target;
    if (where === 'next') return Math.min(pool.member(0).allocator.next + (offset % 8), sectorCount - 1);
    if (where === 'used' && table.slotCount > 0) return table.spareOf(offset % table.slotCount);
    return offset % sectorCount;
  }

  async #suspend({ before, during, end }: Operation<'suspend'>): Promise<void> {
    const { target } = this.rig;
    const first = this.#newBatch(before);
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
      assert.ok(
        this.rig.flakey.isDown && this.rig.flakey.config!.errorWrites,
        'suspend failed without a reason',
      );
      assert.equal(target.suspended, false);
      return;
    }
    this.model.flushed();
    await this.#checkDisk();
    const held = this.#newBatch(during);
    await turns(10);
    assert.equal(held.pending.length, held.issued.length, 'a request was answered while suspended (R11)');
    if (end === 'resume') {
      target.resume();
      return this.#end(held);
    }
    await settled(target.close(), 'removing a suspended device');
    await held.end();
    for (const { outcome } of held.issued) {
      assert.ok(outcome instanceof RemapError && outcome.code === 'ENODEV', String(outcome));
    }
    await this.#construct();
  }

  async #reload(): Promise<void> {
    const { target } = this.rig;
    const before = mappingOf(target.table);
    try {
      await settled(target.close(), 'close');
      this.model.flushed();
    } catch (error) {
      assert.ok(error instanceof RemapError && error.code === 'EIO', String(error));
      assert.ok(
        this.rig.flakey.isDown && this.rig.flakey.config!.errorWrites,
        'close failed without a reason',
      );
      this.model.unflushable();
    }
    await this.#construct();
    assert.deepEqual(mappingOf(this.rig.target.table), before, 'the reload changed the table (B7, B8)');
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
    this.#tally = { reads: 0, writes: 0 };
    const touched = batch.issued.map(({ first, count: length }) => [first, length] as const);
    this.#checkKept(before, touched);
  }

  /** Whatever was remapped is so still, but for what was under way. */
  #checkKept(before: ReadonlyMap<number, number>, touched: readonly (readonly [number, number])[]): void {
    const after = mappingOf(this.rig.target.table);
    for (const [original, spare] of before) {
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
    await settled(this.rig.construct(), 'construction');
    this.#tally = { reads: 0, writes: 0 };
  }

  async #checkDisk(): Promise<void> {
    if (!this.rig.persistent) return;
    await checkTableOnDisk(this.rig);
    await checkCopies(this.rig);
  }

  async #readAll(): Promise<void> {
    const { sectorCount } = this.rig.target;
    for (let first = 0; first < sectorCount; first += READ_SECTORS) {
      await this.#io([{ kind: 'read', first, count: READ_SECTORS }]);
    }
  }
}

/** Without the metadata module nothing is promised to whoever constructs the target again (B7). */
function endsTarget(operation: DeviceOperation): boolean {
  const isRemoval = operation.kind === 'suspend' && operation.end === 'remove';
  return isRemoval || operation.kind === 'reload' || operation.kind === 'reboot';
}
