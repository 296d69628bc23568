import type {
  ClearWhich,
  Dialect,
  InjectOptions,
  MarkerSpec,
  Scenario,
  ScenarioSettings,
  SectorView,
} from '../engine';
import { RemapError, SECTOR_SIZE, selectScenarios } from '../engine';
import {
  base64,
  count,
  flag,
  nameList,
  Options,
  oneOf,
  pathFrom,
  type Reader,
  rangeList,
  seconds,
  sectorList,
  text,
  whole,
} from './argumentReaders';
import { readMarkers } from './deviceContent';
import type { NewDevice } from './newDevice';

/*
 * What each command takes in addition to its device: one reader for each command that has options, named after it. A
 * reader throws a RemapError `EINVAL` that names the option that is missing or wrong. `folder` is where relative paths
 * start from; undefined: there is none, and only absolute paths are taken.
 */

/** The base64 text of more sectors would not fit into one string. */
const MAX_READ_SECTORS = (256 * 1024 ** 2) / SECTOR_SIZE;

/** Whose owners one call tells at most. */
const MAX_ASKED_SECTORS = 1_000_000;

/** Which of the remap entries to list. */
export interface RemapPage {
  readonly offset?: number;
  readonly limit?: number;
}

/** Sectors to read, and from where. */
export interface ReadRequest {
  readonly sector: number;
  readonly count: number;
  readonly from: SectorView;
}

/** How a machine goes down. */
export interface RebootChoice {
  readonly powerLoss: boolean;
  /** Decides what a power loss drops. */
  readonly seed?: number;
}

/** Which displaced image to save, and as what. */
export interface ImageToSave {
  readonly path: string;
  readonly image: 'main' | 'spare' | undefined;
  readonly member: number | undefined;
}

/** A run of the persistence scenarios. */
export interface PersistenceTest {
  readonly scenarios: readonly Scenario[];
  /** Where the report goes; absent: the caller chooses a place. */
  readonly folder?: string;
  /** The device whose images are copied for scenarios that can use copies; absent: all have fresh images. */
  readonly device?: unknown;
  /** Settings that replace the user's. */
  readonly settings?: Partial<ScenarioSettings>;
}

export function createDeviceOptions(value: unknown, folder: string | undefined): NewDevice {
  const options = new Options(value);
  const flakey = options.optional('flakey', text);
  const markers = options.optional('markers', (given) =>
    readMarkers(given, (_path, problem) => {
      throw new RemapError('EINVAL', problem);
    }),
  );
  return {
    path: options.required('path', pathFrom(folder)),
    mainSectors: options.required('mainSectors', count),
    spareSectors: options.required('spareSectors', count),
    ...(flakey && { flakey }),
    ...(markers && { markers }),
  };
}

/** How to assemble a device. */
export interface AssembleOptions {
  /** Whether blank spares may be formatted (R8). */
  readonly format: boolean;
  /** Whether main is the right one, though it may not fit the fingerprint that the spare keeps. */
  readonly acceptMain: boolean;
}

/** Both options are false unless they are given. */
export function assembleOptions(value: unknown): AssembleOptions {
  const options = new Options(value);
  return {
    format: options.optional('format', flag) ?? false,
    acceptMain: options.optional('acceptMain', flag) ?? false,
  };
}

export function listRemapsOptions(value: unknown): RemapPage {
  const options = new Options(value);
  return withoutUndefined<RemapPage>({
    offset: options.optional('offset', whole),
    limit: options.optional('limit', whole),
  });
}

export function readOptions(value: unknown): ReadRequest {
  const options = new Options(value);
  const sectorCount = options.required('count', count);
  if (sectorCount > MAX_READ_SECTORS) {
    throw new RemapError(
      'EINVAL',
      `"count" is ${sectorCount}; at most ${MAX_READ_SECTORS} sectors fit one answer`,
    );
  }
  return {
    sector: options.required('sector', whole),
    count: sectorCount,
    from: options.optional('from', oneOf<SectorView>('device', 'main', 'spare')) ?? 'device',
  };
}

export function writeOptions(value: unknown): { readonly sector: number; readonly bytes: Uint8Array } {
  const options = new Options(value);
  return { sector: options.required('sector', whole), bytes: options.required('base64', base64) };
}

/** At least one of `sectors`, `flakey` and `mapfile` is needed. */
export function injectErrorsOptions(value: unknown, folder: string | undefined): InjectOptions {
  const options = new Options(value);
  const injection = withoutUndefined<InjectOptions>({
    sectors: options.optional('sectors', rangeList),
    mode: options.optional('mode', oneOf('error', 'dust')),
    flakey: options.optional('flakey', text),
    mapfile: options.optional('mapfile', pathFrom(folder)),
    blockSize: options.optional('blockSize', count),
    on: options.optional('on', oneOf('main', 'spare')),
  });
  if (injection.sectors ?? injection.flakey ?? injection.mapfile) return injection;
  throw new RemapError('EINVAL', 'nothing to inject: give "sectors", "flakey" or "mapfile"');
}

/** `sectors` of `on` (main, or the spare `member`), or all that can't be read. */
export function clearErrorsOptions(value: unknown): ClearWhich {
  const options = new Options(value);
  const sectors = options.optional('sectors', rangeList);
  const on = options.optional('on', oneOf('main', 'spare'));
  const member = options.optional('member', whole);
  if (sectors) return { disk: on === 'spare' ? (member ?? 0) : 'main', sectors };
  if (on === undefined && member === undefined) return 'all';
  throw new RemapError('EINVAL', '"on" and "member" say where "sectors" are: give these too');
}

/** For `writeMarkers` and `verifyMarkers`; what is absent is taken from the device's own markers. */
export function markerOptions(value: unknown): Partial<MarkerSpec> {
  const options = new Options(value);
  return withoutUndefined<Partial<MarkerSpec>>({
    sectors: options.optional('sectors', sectorList),
    text: options.optional('text', text),
  });
}

/** `wait`: seconds between unloading and loading; undefined: as the settings say. */
export function reloadModuleOptions(value: unknown): { readonly wait: number | undefined } {
  return { wait: new Options(value).optional('wait', seconds) };
}

export function rebootOptions(value: unknown): RebootChoice {
  const options = new Options(value);
  return withoutUndefined<RebootChoice>({
    powerLoss: options.optional('powerLoss', flag) ?? false,
    seed: options.optional('seed', whole),
  });
}

/** `dialect`: undefined: as the settings say. */
export function statusOptions(value: unknown): { readonly dialect: Dialect | undefined } {
  return { dialect: new Options(value).optional('dialect', oneOf<Dialect>('v4.0.3', 'head')) };
}

/** `bytesPerSecond`: 0 for as fast as the disks allow; undefined: as the settings say. */
export function scanOptions(value: unknown): { readonly bytesPerSecond: number | undefined } {
  return { bytesPerSecond: new Options(value).optional('bytesPerSecond', whole) };
}

/** `sectors`: the size of a new image; undefined: the image exists. */
export function addSpareOptions(value: unknown): { readonly sectors: number | undefined } {
  return { sectors: new Options(value).optional('sectors', count) };
}

/** `path`: the new file. `image` and `member` say which image; absent: the one that is displaced. */
export function saveOpenImageOptions(value: unknown, folder: string | undefined): ImageToSave {
  const options = new Options(value);
  return {
    path: options.required('path', pathFrom(folder)),
    image: options.optional('image', oneOf('main', 'spare')),
    member: options.optional('member', whole),
  };
}

/** Where the merge of two rescues goes, and the maps of the two; absent: those beside their images. */
export interface MergeRequest {
  readonly path: string;
  readonly map: string | undefined;
  readonly secondMap: string | undefined;
}

export function mergeRescuesOptions(value: unknown, folder: string | undefined): MergeRequest {
  const options = new Options(value);
  return {
    path: options.required('path', pathFrom(folder)),
    map: options.optional('map', pathFrom(folder)),
    secondMap: options.optional('secondMap', pathFrom(folder)),
  };
}

/** Which bytes of two devices are compared; undefined: as the device has them. */
export interface CompareRequest {
  readonly from: SectorView | undefined;
  readonly secondFrom: SectorView | undefined;
}

export function compareOptions(value: unknown): CompareRequest {
  const options = new Options(value);
  const view = oneOf<SectorView>('device', 'main', 'spare');
  return { from: options.optional('from', view), secondFrom: options.optional('secondFrom', view) };
}

/** How a device, or one of its images, is exported. */
export interface ExportOptions {
  /** On the loopback address, for clients that can't use a socket. */
  readonly tcp: boolean;
  /** Clients may not write. Images are read-only in any case. */
  readonly readOnly: boolean;
  readonly from: SectorView;
}

export function exportOptions(value: unknown): ExportOptions {
  const options = new Options(value);
  return {
    tcp: options.optional('tcp', flag) ?? false,
    readOnly: options.optional('readOnly', flag) ?? false,
    from: options.optional('from', oneOf<SectorView>('device', 'main', 'spare')) ?? 'device',
  };
}

/** Sectors whose owners are asked for. */
export function ownersAsked(value: unknown): { readonly sectors: readonly number[] } {
  return { sectors: new Options(value).required('sectors', sectorOrSectors) };
}

const sectorOrSectors: Reader<readonly number[]> = (value, name) => {
  const sectors = Array.isArray(value) ? sectorList(value, name) : [whole(value, name)];
  if (sectors.length > 0 && sectors.length <= MAX_ASKED_SECTORS) return sectors;
  throw new RemapError(
    'EINVAL',
    `"${name}" must be 1 to ${MAX_ASKED_SECTORS} sectors, not ${sectors.length}`,
  );
};

/** `volume`: undefined: the one that has the file. */
export function sectorsOfOptions(value: unknown): { readonly volume: number | undefined } {
  return { volume: new Options(value).optional('volume', whole) };
}

/** A file, by its path in its volume. */
export function fileAsked(value: unknown): { readonly path: string; readonly volume: number | undefined } {
  return { path: new Options(value).required('path', text), ...sectorsOfOptions(value) };
}

/** As what the damage of a disk is told; absent: as data. */
export type DamageFormat = 'json' | 'csv' | 'mapfile';

export function damageOptions(value: unknown): { readonly format: DamageFormat } {
  const format = new Options(value).optional('format', oneOf<DamageFormat>('json', 'csv', 'mapfile'));
  return { format: format ?? 'json' };
}

export function runPersistenceTestOptions(value: unknown, folder: string | undefined): PersistenceTest {
  const options = new Options(value);
  const reportFolder = options.optional('folder', pathFrom(folder));
  const device = options.optional('device', (given) => given);
  return {
    scenarios: selectScenarios(options.optional('scenarios', nameList)),
    settings: options.optional('settings', scenarioSettings) ?? {},
    ...(reportFolder !== undefined && { folder: reportFolder }),
    ...(device !== undefined && { device }),
  };
}

function scenarioSettings(value: unknown): Partial<ScenarioSettings> {
  const options = new Options(value);
  return withoutUndefined<Partial<ScenarioSettings>>({
    soakSeconds: options.optional('soakSeconds', seconds),
    powerLossPoints: options.optional('powerLossPoints', count),
    remapCount: options.optional('remapCount', count),
    reloadCount: options.optional('reloadCount', count),
    largeRemapCount: options.optional('largeRemapCount', count),
    seed: options.optional('seed', whole),
  });
}

/** Drops the options that were not given: the engine tells an absent one from one that is undefined. */
function withoutUndefined<T extends object>(options: { [K in keyof T]-?: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}
