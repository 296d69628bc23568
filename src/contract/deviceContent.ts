import { resolve } from 'node:path';
import { DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE, type MarkerSpec } from '../engine';
import { isObject, isWhole } from './typeGuards';

/** The usual markers: those of a device whose file names none. */
export const DEFAULT_MARKERS: MarkerSpec = {
  sectors: DEFAULT_MARKER_SECTORS,
  text: DEFAULT_MARKER_TEMPLATE,
};

/** What a device file, or a caller in code, says of a device; paths are absolute. Null markers: it names none. */
export interface DeviceContent {
  readonly main: string;
  readonly spares: readonly string[];
  readonly flakey: string | null;
  readonly markers: MarkerSpec | null;
  /** Where main's rescue map is; absent: beside main, under the usual name. */
  readonly map?: string;
}

/** Reports that the value at `path` is wrong. */
export type Fail = (path: readonly (string | number)[], problem: string) => never;

/** Checks the value of a device file, or of arguments of the same form, and makes its paths absolute. */
export function readDeviceContent(value: unknown, folder: string, fail: Fail): DeviceContent {
  if (!isObject(value)) return fail([], 'a device is one object: { "main": …, "spare": … }');
  const pathAt = (image: unknown, path: readonly (string | number)[]): string => {
    if (typeof image === 'string' && image.trim() !== '') return resolve(folder, image);
    return fail(path, `"${path[0]}" must be the path of an image, in quotes`);
  };
  const requirePath = (key: string) => value[key] ?? fail([], `"${key}" is missing: the path of an image`);
  return {
    main: pathAt(requirePath('main'), ['main']),
    spares: readSpares(requirePath('spare'), pathAt, fail),
    flakey: readFlakey(value.flakey ?? null, fail),
    markers: readMarkers(value.markers ?? null, fail),
    ...readMap(value.map ?? null, folder, fail),
  };
}

function readSpares(
  value: unknown,
  pathAt: (image: unknown, path: (string | number)[]) => string,
  fail: Fail,
) {
  if (!Array.isArray(value)) return [pathAt(value, ['spare'])];
  if (value.length === 0) fail(['spare'], '"spare" must name at least one image');
  return value.map((image: unknown, index) => pathAt(image, ['spare', index]));
}

function readMap(value: unknown, folder: string, fail: Fail): { map?: string } {
  if (value === null) return {};
  if (typeof value === 'string' && value.trim() !== '') return { map: resolve(folder, value) };
  return fail(['map'], '"map" must be the path of a rescue map, in quotes');
}

function readFlakey(value: unknown, fail: Fail): string | null {
  if (value === null) return null;
  if (typeof value !== 'string')
    return fail(['flakey'], '"flakey" must be a string such as "0 1 1 error_reads"');
  return value.trim() === '' ? null : value.trim();
}

/** Checks the markers of a device, and takes a missing member from the usual ones; null when there are none. */
export function readMarkers(value: unknown, fail: Fail): MarkerSpec | null {
  if (value === null) return null;
  if (!isObject(value))
    return fail(['markers'], '"markers" must be an object: { "sectors": […], "text": … }');
  const { sectors = DEFAULT_MARKERS.sectors, text = DEFAULT_MARKERS.text } = value;
  if (!Array.isArray(sectors))
    return fail(['markers', 'sectors'], '"sectors" must be a list of sector numbers');
  sectors.forEach((sector: unknown, index) => {
    if (isWhole(sector)) return;
    fail(['markers', 'sectors', index], 'a sector is a whole number, 0 or more');
  });
  if (typeof text !== 'string') return fail(['markers', 'text'], '"text" must be a string');
  return { sectors, text };
}

/** The markers of a device: those it names, else the usual ones that lie inside it. */
export function markersFor(markers: MarkerSpec | null, sectorCount: number): MarkerSpec {
  if (markers) return markers;
  return { ...DEFAULT_MARKERS, sectors: DEFAULT_MARKERS.sectors.filter((sector) => sector < sectorCount) };
}
