import type {
  BeforeAndAfter,
  Comparison,
  DamageReport,
  DeviceInfo,
  ExportFigures,
  FileSectors,
  Injection,
  MarkerVerification,
  MergedRescue,
  MetadataReport,
  ModuleState,
  Owner,
  Relocation,
  RemapListing,
  SavedImage,
  ScanReport,
  ScenarioResult,
  SectorRange,
  SectorView,
  VolumeInfo,
} from '../engine';

/** What each command returns, as plain JSON: callers in code rely on it (COMMANDS.md). */
export interface CommandResults {
  createDevice: DeviceInfo;
  assemble: DeviceInfo;
  assembleAll: DeviceInfo[];
  remove: undefined;
  suspend: DeviceInfo;
  resume: DeviceInfo;
  listDevices: DeviceInfo[];
  getDevice: DeviceInfo;
  listRemaps: RemapListing;
  /** `notRescued`: the part of `failed` that a rescue map says was never rescued. */
  read: { readonly base64: string; readonly failed: SectorRange[]; readonly notRescued: SectorRange[] };
  write: { readonly remapped: number[] };
  injectErrors: DeviceInfo & { readonly injection: Injection };
  /** `kept`: copies of the maps in which other programs had found some of what was cleared. */
  clearErrors: DeviceInfo & { readonly kept: readonly string[] };
  remapSector: { readonly original: number; readonly spare: number };
  unremapSector: { readonly original: number; readonly spare: number };
  dropRemap: { readonly original: number; readonly spare: number };
  writeMarkers: { readonly written: number; readonly remapped: number[] };
  verifyMarkers: MarkerVerification;
  loadModule: ModuleState[];
  unloadModule: ModuleState[];
  listModules: ModuleState[];
  reloadModule: BeforeAndAfter;
  reboot: BeforeAndAfter;
  /** The status line. */
  status: string;
  /** The table line. */
  table: string;
  /** The reply. */
  message: string;
  checkMetadata: MetadataReport;
  repairMetadata: MetadataReport;
  relocate: Relocation;
  exportPaths: MetadataReport;
  scan: ScanReport;
  addSpare: DeviceInfo;
  saveOpenImage: SavedImage;
  compare: Comparison;
  mergeRescues: MergedRescue;
  breakLock: BrokenLock[];
  openSectors: undefined;
  export: { readonly uri: string; readonly socket: string | null };
  unexport: undefined;
  listExports: ExportedDisk[];
  volumes: VolumeInfo[];
  ownerOf: Owner[];
  sectorsOf: FileSectors;
  /** A text for the formats `csv` and `mapfile`. */
  damage: DamageReport | string;
  runPersistenceTest: PersistenceTestResult;
}

/** A lock that was removed. */
interface BrokenLock {
  readonly image: string;
  readonly lockPath: string;
  /** Which process took it, on which computer; null: the lock didn't say. */
  readonly owner: { readonly pid: number; readonly host: string } | null;
}

/** A disk that NBD clients can use. */
export interface ExportedDisk extends ExportFigures {
  /** The socket's path; null on TCP. */
  readonly socket: string | null;
  readonly from: SectorView;
  readonly readOnly: boolean;
}

/** What a run of the persistence scenarios found: the report as data. */
export interface PersistenceTestResult {
  /** How many scenarios passed, and how many did not. */
  readonly passed: number;
  readonly failed: number;
  /** How many did not run, since this computer lacks what they need. */
  readonly skipped: number;
  readonly scenarios: readonly ScenarioValue[];
  /** Path of the Markdown report. */
  readonly report: string;
}

/** One scenario of a run. */
export interface ScenarioValue extends Pick<ScenarioResult, 'name' | 'passed' | 'seconds'> {
  readonly details: Omit<ScenarioResult, 'name' | 'passed' | 'seconds'> & {
    /** Device file of the images that a failure left; null: it left none. */
    readonly deviceFile: string | null;
  };
}
