import { isAbsolute, normalize, resolve } from 'node:path';
import type { DeviceContent } from '../contract/deviceContent';
import {
  DEVICE_FILE_ENDING,
  deviceNameOf,
  isDeviceFile,
  parseDeviceFile,
  readDeviceFileText,
} from '../contract/deviceFile';
import { isSamePath, PathMap, pathOfText } from '../contract/pathKey';
import { isObject } from '../contract/typeGuards';
import { compareNames } from '../contract/wording';
import { type RemapDevice, RemapError } from '../engine';
import type { DeviceEntry } from './deviceEntry';

/** What the registry needs of the machines. */
export interface AssembledDevices {
  devices(): RemapDevice[];
  scenarioOf?(device: RemapDevice): { readonly name: string } | undefined;
}

interface DeviceFileState {
  readonly content: DeviceContent | undefined;
  readonly problem: unknown;
}

/** The device files found so far and the devices that the machines have, as one list. */
export class DeviceRegistry {
  readonly #files = new PathMap<DeviceFileState>();

  constructor(
    private readonly machines: AssembledDevices,
    /** Folders that relative paths start from. */
    private readonly folders: () => readonly string[],
  ) {}

  /** Reads a device file and keeps what it says, or why it can't be read; forgets one that is gone. */
  async load(path: string): Promise<void> {
    const state = await readDeviceFile(path);
    if (state) this.#files.set(path, state);
    else this.#files.delete(path);
  }

  forget(path: string): void {
    this.#files.delete(path);
  }

  /** Keeps why a device could not be assembled, until its file is read again or another call replaces it. */
  setProblem(path: string, problem: unknown): void {
    const state = this.#files.get(path);
    if (state?.content) this.#files.set(path, { ...state, problem });
  }

  /** All known devices by name. */
  entries(): DeviceEntry[] {
    const assembled = new PathMap<RemapDevice>();
    for (const device of this.machines.devices()) assembled.set(keyOf(device), device);
    const entries: DeviceEntry[] = [];
    for (const [path, state] of this.#files.entries()) {
      const device = assembled.get(path);
      assembled.delete(path);
      entries.push({ deviceKey: path, name: deviceNameOf(path), deviceFile: path, ...state, device });
    }
    for (const [, device] of assembled.entries()) entries.push(this.#withoutFile(device));
    return entries.sort((a, b) => compareNames(a.name, b.name) || compareNames(a.deviceKey, b.deviceKey));
  }

  /** The known device of a key. */
  entry(key: string): DeviceEntry | undefined {
    const device = this.machines.devices().find((each) => isSamePath(keyOf(each), key));
    const state = this.#files.get(key);
    const deviceKey = this.#files.spellingOf(key);
    if (!state) return device && this.#withoutFile(device);
    return { deviceKey, name: deviceNameOf(deviceKey), deviceFile: deviceKey, ...state, device };
  }

  /**
   * The device that a name, a path or `file:` URI of a device file, a Uri or a tree item means.
   * @throws RemapError `ENODEV` when there is none, `EINVAL` when there are several or the reference is none
   */
  find(reference: unknown): DeviceEntry {
    const entries = this.entries();
    const key = keyOfReference(reference);
    if (key !== undefined) {
      return entries.find((entry) => isSamePath(entry.deviceKey, key)) ?? unknownDevice(key, entries);
    }
    if (typeof reference !== 'string' || reference.trim() === '') {
      throw new RemapError(
        'EINVAL',
        'a device is given by its name, its .remap file, or an item of the Devices view',
      );
    }
    return (
      single(entries, reference, (entry) => entry.name === reference) ??
      single(entries, reference, (entry) =>
        this.paths(reference).some((path) => isSamePath(path, entry.deviceKey)),
      ) ??
      single(entries, reference, (entry) => mainNameOf(entry) === reference) ??
      unknownDevice(reference, entries)
    );
  }

  #withoutFile(device: RemapDevice): DeviceEntry {
    const { name, spec } = device;
    const scenario = this.machines.scenarioOf?.(device)?.name;
    return {
      deviceKey: keyOf(device),
      name,
      deviceFile: spec.deviceFile,
      content: undefined,
      device,
      ...(scenario !== undefined && { scenario }),
      problem: undefined,
    };
  }

  /** The paths of a device file that a reference may mean, the likeliest first; none if it isn't a path. */
  paths(reference: unknown): string[] {
    const given = keyOfReference(reference) ?? reference;
    if (typeof given !== 'string' || given.trim() === '') return [];
    const text = pathOfText(given);
    if (text === given && !isDeviceFile(text)) return [];
    const paths = isAbsolute(text)
      ? [normalize(text)]
      : this.folders().map((folder) => resolve(folder, text));
    return paths.map((path) => this.#files.spellingOf(path));
  }
}

function keyOf(device: RemapDevice): string {
  return device.spec.deviceFile ?? device.spec.main;
}

/** What a tree item or a Uri names. */
function keyOfReference(reference: unknown): string | undefined {
  if (!isObject(reference)) return undefined;
  const { deviceKey, fsPath } = reference;
  if (typeof deviceKey === 'string') return deviceKey;
  return typeof fsPath === 'string' ? normalize(fsPath) : undefined;
}

function mainNameOf(entry: DeviceEntry): string | undefined {
  const main = entry.device?.spec.main ?? entry.content?.main;
  return main && deviceNameOf(main);
}

/** The only match, or the only assembled one of several. @throws RemapError `EINVAL` when there are more */
function single(
  entries: readonly DeviceEntry[],
  reference: string,
  matches: (entry: DeviceEntry) => boolean,
): DeviceEntry | undefined {
  const found = entries.filter(matches);
  const assembled = found.filter((entry) => entry.device);
  const [first, ...others] = assembled.length === 1 ? assembled : found;
  if (others.length === 0) return first;
  const keys = found.map((entry) => entry.deviceKey).join(', ');
  throw new RemapError('EINVAL', `"${reference}" may mean any of ${keys}: give the path of the one you mean`);
}

function unknownDevice(reference: string, entries: readonly DeviceEntry[]): never {
  const names = entries.map((entry) => entry.name);
  const known =
    names.length > 0 ? `known devices: ${names.join(', ')}` : `no ${DEVICE_FILE_ENDING} file was found`;
  throw new RemapError('ENODEV', `there is no device "${reference}" (${known})`, { device: reference });
}

async function readDeviceFile(path: string): Promise<DeviceFileState | undefined> {
  try {
    return { content: parseDeviceFile(await readDeviceFileText(path), path), problem: undefined };
  } catch (problem) {
    if (isObject(problem) && problem.code === 'ENOENT') return undefined;
    return { content: undefined, problem };
  }
}
