import assert from 'node:assert/strict';
import { ZEROS } from './versions';

/** What may be in one sector of the device. */
interface SectorContent {
  /** What a read may find now. More than one version after writes that raced or failed, until a read shows which. */
  current: Set<number>;
  /** What a power loss may leave: `current`, and all versions that no flush has covered. */
  afterLoss: Set<number>;
  /** Writes that failed since the last flush or successful write: after an orderly reboot their versions may be read. */
  failed: Set<number>;
  /** The device that took the last write went away before it could flush it: flushes of the next one don't cover it. */
  orphaned: boolean;
}

/** One write or discard of a batch of concurrent requests, as it ended. */
export interface WriteOutcome {
  readonly first: number;
  readonly count: number;
  readonly version: number;
  /** `unknown`: the machine went down before an answer came. */
  readonly result: 'done' | 'failed' | 'unknown';
  /** Sectors that this write remapped: durable when it was answered (R2). */
  readonly remapped: ReadonlySet<number>;
}

/**
 * What every sector may hold, by the promises of a block device: an acknowledged write is read back, a flushed one
 * survives a power loss, a failed one may have taken effect or not.
 */
export class ContentModel {
  readonly #sectors = new Map<number, SectorContent>();

  /** The sectors that were ever written or read, as a run. */
  get extent(): { readonly first: number; readonly end: number } {
    const sectors = [...this.#sectors.keys()];
    return sectors.length === 0
      ? { first: 0, end: 0 }
      : { first: Math.min(...sectors), end: Math.max(...sectors) + 1 };
  }

  /** A copy of the model. */
  copy(): ContentModel {
    const copy = new ContentModel();
    for (const [sector, content] of this.#sectors) {
      const current = new Set(content.current);
      const afterLoss = content.afterLoss === content.current ? current : new Set(content.afterLoss);
      copy.#sectors.set(sector, { ...content, current, afterLoss, failed: new Set(content.failed) });
    }
    return copy;
  }

  allowed(sector: number): ReadonlySet<number> {
    return this.#at(sector).current;
  }

  /** Writes that ran at the same time: the last of a sector may be any of them. */
  applyWrites(outcomes: readonly WriteOutcome[]): void {
    const bySector = new Map<number, WriteOutcome[]>();
    for (const outcome of outcomes) {
      for (let sector = outcome.first; sector < outcome.first + outcome.count; sector++) {
        bySector.set(sector, [...(bySector.get(sector) ?? []), outcome]);
      }
    }
    for (const [sector, writes] of bySector) this.#applyTo(sector, writes);
  }

  /** A read answered with this version, so it is the current one. */
  observe(sector: number, version: number, concurrent: ReadonlySet<number> = new Set()): void {
    const content = this.#at(sector);
    if (concurrent.has(version)) return;
    assert.ok(
      content.current.has(version),
      `sector ${sector} reads as version ${version} instead of ${[...content.current].join(' or ')}`,
    );
    if (concurrent.size > 0 || content.current.size === 1) return;
    if (content.afterLoss === content.current) content.afterLoss = new Set([version]);
    content.current = new Set([version]);
  }

  /** A flush was answered; it covers the sectors that no write reached while it was under way. */
  flushed(isCovered: (sector: number) => boolean = () => true): void {
    for (const [sector, content] of this.#sectors)
      if (isCovered(sector) && !content.orphaned) makeDurable(content);
  }

  /** The device was closed, but the flush of closing failed: failed writes may show, and nothing is durable. */
  closedInDoubt(): void {
    for (const content of this.#sectors.values()) {
      content.orphaned = content.afterLoss !== content.current;
      if (content.failed.size === 0) continue;
      content.current = new Set([...content.current, ...content.failed]);
      content.afterLoss = new Set([...content.afterLoss, ...content.failed]);
    }
  }

  /** The sector's bytes were copied to the spare, durably. */
  copied(sector: number): void {
    makeDurable(this.#at(sector));
  }

  /** An orderly reboot: what was acknowledged is there, and failed writes may show. */
  rebooted(): void {
    for (const content of this.#sectors.values()) {
      makeDurable(
        content,
        content.failed.size > 0 ? new Set([...content.current, ...content.failed]) : content.current,
      );
    }
  }

  /** After a power loss: the version that is found now is durable. */
  lostPower(): void {
    for (const content of this.#sectors.values()) makeDurable(content, content.afterLoss);
  }

  #applyTo(sector: number, writes: readonly WriteOutcome[]): void {
    const content = this.#at(sector);
    const versions = writes.map((write) => write.version);
    const wasDone = writes.some((write) => write.result === 'done');
    if (wasDone) content.orphaned = false;
    const [only] = writes;
    if (writes.length === 1 && only!.result === 'done' && only!.remapped.has(sector)) {
      content.current = new Set(versions);
      makeDurable(content);
      return;
    }
    content.afterLoss = new Set([...content.afterLoss, ...versions]);
    content.current = new Set(wasDone ? versions : [...content.current, ...versions]);
    if (wasDone) content.failed.clear();
    for (const write of writes) if (write.result !== 'done') content.failed.add(write.version);
  }

  #at(sector: number): SectorContent {
    let content = this.#sectors.get(sector);
    if (!content) {
      const current = new Set([ZEROS]);
      content = { current, afterLoss: current, failed: new Set(), orphaned: false };
      this.#sectors.set(sector, content);
    }
    return content;
  }
}

function makeDurable(content: SectorContent, versions: Set<number> = content.current): void {
  content.current = versions;
  content.afterLoss = versions;
  content.orphaned = false;
  content.failed.clear();
}
