import { describeSectors } from '../block/blockFailures';
import {
  alreadyRemapped,
  ioErrorDetected,
  remapSucceeded,
  spareExhausted,
  spareSectorFailed,
} from '../dmsetup/kernelTexts';
import { isDisplaced, reasonOf, type SectorRange } from '../errors';
import type { TargetObserver } from '../remap/observer';
import type { PoolEntry } from '../remap/poolEntry';
import type { RemapTable } from '../remap/remapTable';
import type { DeviceEvent, DeviceReason, ReasonKind } from './deviceContracts';
import type { DeviceHealth } from './deviceHealth';
import { KernelLog, LINES_PER_EVENT } from './kernelLog';
import type { SectorOrigins } from './sectorOrigins';

/** The parts of a device that are told what its target does. */
interface FollowingParts {
  readonly health: DeviceHealth;
  readonly origins: SectorOrigins;
  readonly target: { readonly table: RemapTable };
}

/** Turns what a target does into kernel log lines, events for the views, and the reasons of a degraded device. */
export class DeviceEvents implements TargetObserver {
  readonly log: KernelLog;
  readonly #name: string;
  readonly #emit: (event: DeviceEvent) => void;
  readonly #reasons = new Map<string, DeviceReason>();
  #device: FollowingParts | null = null;

  constructor(name: string, emit: (event: DeviceEvent) => void) {
    this.#name = name;
    this.#emit = emit;
    this.log = new KernelLog(emit);
  }

  /** Why the device is degraded. */
  get reasons(): DeviceReason[] {
    return [...this.#reasons.values()];
  }

  /** Names the parts that are told from now on: they don't exist yet when the target is constructed. */
  attach(device: FollowingParts): void {
    this.#device = device;
  }

  changed(): void {
    this.#emit({ kind: 'changed', device: this.#name });
  }

  sectorsChanged(sectors?: readonly SectorRange[]): void {
    this.#emit({ kind: 'sectors', device: this.#name, ...(sectors ? { sectors } : {}) });
    this.changed();
  }

  /** Adds a reason why the device is degraded; one of the same kind, about the same disk, is replaced. */
  degrade(kind: ReasonKind, text: string, disk: string | number = ''): void {
    this.#reasons.set(`${kind} ${disk}`, { kind, text });
    this.changed();
  }

  /** The reason that {@link degrade} gave is gone. */
  recover(kind: ReasonKind, disk: string | number = ''): void {
    this.#reasons.delete(`${kind} ${disk}`);
  }

  failed(operation: 'read' | 'write', sectors: readonly SectorRange[]): void {
    this.#device?.health.noteFailure(sectors);
    this.log.sectors(sectors, (sector) => this.log.line(ioErrorDetected(sector)));
    if (operation === 'write') {
      const table = this.#device?.target.table;
      const again = sectors.filter(([first]) => table && table.slotOf(first) !== -1);
      this.log.sectors(again, (sector) => this.log.line(alreadyRemapped(sector)));
    }
    this.changed();
  }

  remapped(entries: readonly PoolEntry[]): void {
    for (const entry of entries.slice(0, LINES_PER_EVENT)) {
      this.log.line(remapSucceeded(entry.original, entry.spare));
    }
    if (entries.length > LINES_PER_EVENT) this.log.info(`Remapped ${entries.length} sectors in one commit`);
    this.#device?.origins.noteRemapped(entries);
    for (const kind of ['commit', 'broken', 'refused'] as const) this.recover(kind);
    this.sectorsChanged(entries.map((entry) => [entry.original, 1]));
  }

  spareSectorFailed(_member: number, sector: number): void {
    this.log.line(spareSectorFailed(sector));
  }

  spareFull(sectors: readonly SectorRange[]): void {
    this.log.sectors(sectors, (sector) => this.log.line(spareExhausted(sector)));
    this.degrade('full', 'the spare is full: sectors that fail from now on cannot be remapped');
  }

  spareBroken(sectors: readonly SectorRange[]): void {
    const reason = 'the spare fails wherever it is written to: sectors that fail now cannot be remapped';
    this.log.error(`${describeSectors(sectors)} not remapped: ${reason}`);
    this.degrade('broken', reason);
  }

  spareRefused(sectors: readonly SectorRange[], error: unknown): void {
    if (isDisplaced(error)) return;
    const reason = reasonOf(error);
    this.log.error(`${describeSectors(sectors)} not remapped: ${reason}`);
    this.degrade('refused', `the spare takes no data: ${reason}`);
  }

  spareLost(member: number, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.log.error(`Spare ${member} failed and is left out: ${reason}`);
    this.degrade('spare', `spare ${member} failed and is left out: ${reason}`, member);
  }

  spareBehind(member: number): void {
    const reason = `spare ${member} has no room left for the table of all remaps, which is on the other spares alone`;
    this.log.warning(`Spare pool: ${reason}`);
    this.degrade('spare', reason, member);
  }

  settled(): void {
    this.changed();
  }

  held(): void {
    this.changed();
  }

  /** An image is displaced (R13). @param reason one sentence that names the file */
  displaced(path: string, reason: string): void {
    this.log.error(`${reason}: ${this.#name} is read-only from now on`);
    this.#emit({ kind: 'displaced', device: this.#name });
    this.degrade('displaced', reason, path);
  }

  commitFailed(error: unknown): void {
    if (isDisplaced(error)) return;
    const reason = reasonOf(error);
    this.log.error(`Metadata write failed: ${reason}`);
    this.degrade('commit', `the remap table could not be written: ${reason}`);
  }
}
