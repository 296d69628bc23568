import type { MediumFault } from '../block/mediumFault';
import type { NotRescuedStatus } from '../block/notRescued';
import type { HealthTerm } from '../dmsetup/healthScore';
import type { SectorRange } from '../errors';
import type { DeviceStatistics } from '../remap/statistics';

/** Sectors that verify and write-markers use; `{sector}` in the text is replaced. */
export interface MarkerSpec {
  readonly sectors: readonly number[];
  readonly text: string;
}

/** What a device is made from: the device file with its paths made absolute. */
export interface DeviceSpec {
  /** As in /dev/mapper. */
  readonly name: string;
  /** The `.remap` file, or null for a device assembled from its images alone. */
  readonly deviceFile: string | null;
  readonly main: string;
  /** At least one; more need the spare-pool module. */
  readonly spares: readonly string[];
  /** dm-flakey arguments after `<dev> <offset>`, or null for a healthy layer. */
  readonly flakey: string | null;
  readonly markers: MarkerSpec;
  /** Where main's rescue map is. Absent: beside main, as `mapfilePath` names it. */
  readonly map?: string;
  /**
   * Why the device is opened read-only: its images without a lock, and nothing on them or beside them is written,
   * repaired or saved, by reloads too. Absent: for writing.
   */
  readonly readOnly?: string;
}

/** The state of a device; where several are true, the first of suspended, readonly and degraded. */
export type DeviceState = 'active' | 'suspended' | 'degraded' | 'readonly';

/**
 * What a reason of a degraded or read-only device is about. Read-only: it was `opened` so; `metadata` must not be written;
 * the table is `unused` because the metadata module isn't loaded; remaps are `unsafe` where they are. Else: `stray` or
 * `disputed` remaps; a kernel changed the `pool`; a spare is `missing`, or a `spare` of several failed; an image is
 * `displaced`; the last `commit` failed; the spare is `full`, `broken`, or has `refused` data; `main` may be another one.
 */
export type ReasonKind =
  | 'opened'
  | 'metadata'
  | 'unused'
  | 'unsafe'
  | 'stray'
  | 'disputed'
  | 'pool'
  | 'missing'
  | 'spare'
  | 'displaced'
  | 'commit'
  | 'full'
  | 'broken'
  | 'refused'
  | 'main';

/** Why a device is degraded or read-only, in one sentence. */
export interface DeviceReason {
  readonly kind: ReasonKind;
  readonly text: string;
}

/** A device as commands return it: plain JSON (fixed contract). */
export interface DeviceInfo {
  readonly name: string;
  readonly path: string | null;
  readonly main: string;
  readonly spare: string | readonly string[];
  readonly sectors: number;
  readonly spareSectors: number;
  readonly state: DeviceState;
  readonly remaps: number;
  readonly spareFree: number;
  readonly badSectors: number;
  /** Sectors on all disks that a rescue map says were never rescued. */
  readonly notRescued: number;
  readonly flakey: string | null;
  readonly statistics: DeviceStatistics;
  /**
   * `valid`: intact copies of five; `stale`: those of them that are older than the last commit. Null `sequence` when the
   * metadata module doesn't serve the device.
   */
  readonly metadata: { readonly valid: number; readonly stale: number; readonly sequence: number | null };
  readonly markers: MarkerSpec;
  /** Why the device is degraded or read-only, one sentence each. */
  readonly reasons: readonly string[];
  /** What is known of its disks that was not injected here, by map; absent: nothing. */
  readonly findings?: readonly Findings[];
  /** What is worth knowing of its images and degrades nothing, one sentence each; absent: nothing. */
  readonly notes?: readonly string[];
}

/** A page of the remap entries, ascending by original sector. */
export interface RemapListing {
  /** Entries on all pages. */
  readonly total: number;
  readonly remaps: {
    readonly original: number;
    readonly spare: number;
    /** ISO 8601, or null when unknown. */
    readonly time: string | null;
    readonly errors: number;
    /**
     * `stray`: the entry leads outside the data sectors of its spare, or is about a sector that the device doesn't have.
     * `disputed`: a kernel that was given one spare of the pool made it doubtful which data are right.
     */
    readonly state: 'active' | 'pending' | 'missing' | 'stray' | 'disputed';
    /** Index of the spare that holds the sector; 0 for a device with one. */
    readonly member: number;
  }[];
}

/** What a read is from: the device, main below it, or a spare. */
export type SectorView = 'device' | 'main' | 'spare';

/** What the next one can be looked for of. */
export type SectorLandmark = 'remapped' | 'bad' | 'notRescued';

/** Where the bytes of a run of sectors come from, for the sector editor's headings. */
export interface SectorOrigin {
  readonly first: number;
  readonly count: number;
  readonly kind: 'main' | 'spare' | 'bad' | 'notRescued' | 'metadata' | 'table' | 'free';
  /** Where the bytes of `first` lie: the spare sector for a remapped sector of the device, else `first` itself. */
  readonly at: number;
  /**
   * By view and kind. The device: the index of the spare, for `spare` and for a `bad` or `notRescued` sector of a spare;
   * absent for one of main, and for a stray one. A spare: the index of the copy for `metadata`, the original sector for
   * `spare`.
   */
  readonly detail?: number;
  /** True for a `bad` sector of the device whose remap entry is stray; `at` is where it leads. */
  readonly stray?: boolean;
  /** Why a `notRescued` run was not rescued; absent for other kinds. */
  readonly status?: NotRescuedStatus;
}

/** What a read gave. */
export interface SectorRead {
  readonly bytes: Uint8Array;
  /** Sectors that could not be read; they are zeros in `bytes`. */
  readonly failed: SectorRange[];
}

/** Which sectors become bad, and how. */
export interface InjectOptions {
  readonly sectors?: readonly SectorRange[];
  readonly mode?: 'error' | 'dust';
  /** dm-flakey arguments after `<dev> <offset>`, for the layer over main. */
  readonly flakey?: string;
  /** A file with bad sectors: a mapfile, a list of badblocks, dm-dust or mdadm, a script of dm-dust, a table of dmsetup. */
  readonly mapfile?: string;
  /** Bytes of a block in a list that doesn't say it itself. Absent: 1024, as with badblocks. */
  readonly blockSize?: number;
  readonly on?: 'main' | 'spare';
}

/** What was injected. */
export interface Injection {
  /** Sectors that were asked for, those that were bad before included. */
  readonly sectors: number;
  /** The flakey layer that was loaded; null: none was. */
  readonly flakey: string | null;
  /** What to know about the kernels that this flakey layer is for, a sentence each. */
  readonly hints: readonly string[];
}

/** What a clear takes back: all that can't be read, only what was injected here, or what some sectors of one disk have. */
export type ClearWhich = 'all' | 'injected' | DiskPart;

/** A disk of a device: main, or a spare by its index. */
export type DiskPlace = 'main' | number;

/** Sectors of one disk. */
export interface DiskPart {
  readonly disk: DiskPlace;
  readonly sectors: readonly SectorRange[];
}

/** A run of a disk's sectors that can't be read. */
export interface UnreadableRun {
  readonly first: number;
  readonly count: number;
  readonly kind: 'bad' | 'notRescued';
  /** Made bad here, by a command or message. */
  readonly isInjected: boolean;
  /** What the rescue map says was found there: `+` for nothing, `-` for bad, or why it was not rescued. */
  readonly found: '+' | '-' | NotRescuedStatus;
  /** How a bad sector fails. */
  readonly fault?: MediumFault;
}

/** The health score, 0 (failing) to 100 (healthy), and its terms: each takes its penalty from 100, down to 0. */
export interface HealthReport {
  readonly score: number;
  readonly terms: readonly HealthTerm[];
}

/** What is known of a medium that was not injected here. */
export interface Findings {
  /** The rescue map that tells it. */
  readonly map: string;
  /** Sectors that are bad or were not rescued. */
  readonly sectors: number;
}

/** What the five copies on a spare say. */
export interface MetadataReport {
  readonly copies: {
    readonly index: number;
    readonly sector: number;
    readonly valid: boolean;
    readonly reason?: string;
    /** True for a valid copy that is older than the one that counts: a commit left it for later. */
    readonly stale?: boolean;
    readonly sequence: number | null;
  }[];
  readonly winner: number | null;
  readonly sequence: number | null;
  readonly remaps: number;
  /** The large table, if there is one. */
  readonly table?: {
    readonly records: number;
    /** Sectors of the spare that are damaged: each has an intact twin in the other mirror, unless there is a `reason`. */
    readonly damaged: number[];
    /** Why remaps are lost: a sector is damaged in both mirrors. */
    readonly reason?: string;
  };
  /** Of a pool as a whole: each of its spares, in order. The fields above are the first one's. */
  readonly members?: readonly MemberReport[];
}

/** The metadata on one spare of a pool. */
export interface MemberReport {
  readonly path: string;
  /** Null when they could not be read. */
  readonly report: MetadataReport | null;
  /** Why not. */
  readonly reason?: string;
}

/** An open image whose path no longer leads to it, or that was shortened (R13). */
export interface DisplacedImage {
  readonly path: string;
  readonly image: 'main' | 'spare';
  /** Index of the spare; 0 for main. */
  readonly member: number;
  /** One sentence that names the file and says what happened to it. */
  readonly reason: string;
  /** Whether what it holds was saved under another name. */
  readonly isSaved: boolean;
}

/** One thing that happened to a device. Events come in the order in which things happened. */
export type DeviceEvent =
  /** The state or the figures of the device may have changed. */
  | { readonly kind: 'changed'; readonly device: string }
  /** An image of the device is displaced, so that nothing is written any more (R13). A `changed` follows. */
  | { readonly kind: 'displaced'; readonly device: string }
  /** The bytes of these sectors, or where they come from, may have changed; absent: those of any sector. */
  | { readonly kind: 'sectors'; readonly device: string; readonly sectors?: readonly SectorRange[] }
  /** One line of the kernel log. */
  | { readonly kind: 'log'; readonly level: 'info' | 'warning' | 'error'; readonly text: string };
