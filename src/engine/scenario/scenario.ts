import type { ScenarioBench } from './bench';

/** A proof that users can run: what it shows, how, and what it leaves open. */
export interface Scenario {
  /** Stable, in lower case with hyphens: callers in code select by it. */
  readonly name: string;
  readonly title: string;
  readonly objective: string;
  /** What a pass proves, one sentence each. */
  readonly proves: readonly string[];
  /** What even a pass does not prove. */
  readonly doesNotProve: readonly string[];
  /** Whether it can run on copies of a device's images; else it always makes fresh ones. */
  readonly canUseCopiedImages?: boolean;
  /** What this computer lacks of what it needs, for people; empty: it can run. Absent: it needs nothing. */
  missing?(): Promise<readonly string[]>;
  run(bench: ScenarioBench): Promise<void>;
}
