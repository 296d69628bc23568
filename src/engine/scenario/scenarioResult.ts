/** Whether one sector holds what it must. */
export interface SectorVerdict {
  readonly sector: number;
  readonly ok: boolean;
  readonly expected: string;
  /** Null for a sector that can't be read. */
  readonly actual: string | null;
  readonly source: string;
}

/** A checked statement with its figures. */
export interface Finding {
  readonly ok: boolean;
  readonly text: string;
}

/** Why a scenario failed, and where to look. */
export interface ScenarioFailure {
  readonly message: string;
  readonly device: string | null;
  readonly sector: number | null;
}

/** What a run of one scenario found: the same facts for people (the report) and for callers in code. */
export interface ScenarioResult {
  readonly name: string;
  readonly title: string;
  readonly objective: string;
  /** False also for one that did not run. */
  readonly passed: boolean;
  /** What this computer lacks of what the scenario needs: it did not run. Empty: it ran. */
  readonly missing: readonly string[];
  readonly seconds: number;
  readonly configuration: readonly string[];
  readonly steps: readonly string[];
  /** Status lines of the device; each label says when the line was taken. */
  readonly statusLines: readonly { readonly label: string; readonly line: string }[];
  readonly sectors: readonly SectorVerdict[];
  readonly findings: readonly Finding[];
  readonly proves: readonly string[];
  readonly doesNotProve: readonly string[];
  readonly failure: ScenarioFailure | null;
}

/** How much a scenario does; the defaults are those of the tests. */
export interface ScenarioSettings {
  readonly soakSeconds: number;
  readonly powerLossPoints: number;
  readonly remapCount: number;
  readonly reloadCount: number;
  readonly largeRemapCount: number;
  readonly seed: number;
}

export const DEFAULT_SCENARIO_SETTINGS: ScenarioSettings = {
  soakSeconds: 30,
  powerLossPoints: 200,
  remapCount: 2100,
  reloadCount: 50,
  largeRemapCount: 1_000_000,
  seed: 1,
};
