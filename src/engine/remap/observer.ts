import type { SectorRange } from '../errors';
import type { PoolEntry } from './poolEntry';

/** What a target tells its device: for the log, the views and the device's state. */
export interface TargetObserver {
  /** Sectors of the device that failed below, before anything was done about them. */
  failed(operation: 'read' | 'write', sectors: readonly SectorRange[]): void;
  /** Entries that are durable and serve I/O from now on. */
  remapped(entries: readonly PoolEntry[]): void;
  /** A spare sector that could not be written and is skipped from now on (R5). */
  spareSectorFailed(member: number, sector: number): void;
  /** Every spare sector that was tried for these sectors failed: the spare itself counts as broken (R5). */
  spareBroken(sectors: readonly SectorRange[]): void;
  /** No spare sector is left for these sectors (R5). */
  spareFull(sectors: readonly SectorRange[]): void;
  /** What was to be remapped could not be written to the spare, for another reason than a bad sector. */
  spareRefused(sectors: readonly SectorRange[], error: unknown): void;
  /** The table could not be made durable. */
  commitFailed(error: unknown): void;
  /** The metadata copies that commits had left alone were written, some time after the last commit. */
  settled(): void;
  /** A spare of several failed and is left out from now on. */
  spareLost(member: number, error: unknown): void;
  /** A spare of several has no room left for the table, which is on the others alone from now on. */
  spareBehind(member: number): void;
  /** A request waits because the target is suspended, and none did before. */
  held(): void;
}

/** An observer's methods as an object of functions, so that one of them can be replaced even in a class instance. */
export function observerMethods(observer: TargetObserver): TargetObserver {
  return {
    failed: (operation, sectors) => observer.failed(operation, sectors),
    remapped: (entries) => observer.remapped(entries),
    spareSectorFailed: (member, sector) => observer.spareSectorFailed(member, sector),
    spareFull: (sectors) => observer.spareFull(sectors),
    spareBroken: (sectors) => observer.spareBroken(sectors),
    spareRefused: (sectors, error) => observer.spareRefused(sectors, error),
    commitFailed: (error) => observer.commitFailed(error),
    settled: () => observer.settled(),
    spareLost: (member, error) => observer.spareLost(member, error),
    spareBehind: (member) => observer.spareBehind(member),
    held: () => observer.held(),
  };
}
