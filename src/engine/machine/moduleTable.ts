import { RemapError } from '../errors';
import { MODULE_NAMES, type ModuleName, type ModuleState } from './machineContracts';

/** Module -> the modules whose symbols it uses (KERNEL.md, section 8). */
const DEPENDENCIES: Readonly<Partial<Record<ModuleName, readonly ModuleName[]>>> = { real: ['stats'] };

/** The file name of a module, as `lsmod` and the published persistence test have it. */
export function kernelModuleName(name: ModuleName): string {
  return `dm-remap-v4-${name}`;
}

/**
 * Reads a module's name in any of its forms: `real`, `dm-remap-v4-real`, `dm_remap_v4_real`, with or without `.ko`.
 * @throws RemapError `EINVAL`
 */
export function parseModuleName(text: string): ModuleName {
  const short = text
    .replace(/\.ko$/, '')
    .replaceAll('_', '-')
    .replace(/^dm-remap-v4-/, '');
  const name = MODULE_NAMES.find((candidate) => candidate === short);
  if (name) return name;
  throw new RemapError('EINVAL', `there is no module '${text}'; the modules are ${MODULE_NAMES.join(', ')}`);
}

/** Which modules are loaded, and what pins them. As modprobe, loading a loaded module or unloading an absent one is fine. */
export class ModuleTable {
  readonly #loaded = new Set<ModuleName>();
  readonly #usersOf: (name: ModuleName) => readonly string[];
  readonly #onChange: (name: ModuleName, isLoaded: boolean) => void;

  /**
   * @param usersOf names of the devices that use a module now
   * @param onChange hears of each module that was loaded or unloaded
   */
  constructor(
    usersOf: (name: ModuleName) => readonly string[],
    onChange: (name: ModuleName, isLoaded: boolean) => void = () => {},
  ) {
    this.#usersOf = usersOf;
    this.#onChange = onChange;
  }

  has(name: ModuleName): boolean {
    return this.#loaded.has(name);
  }

  list(): ModuleState[] {
    return MODULE_NAMES.map((name) => ({ name, loaded: this.has(name), usedBy: this.#users(name) }));
  }

  /**
   * Loads a module.
   * @returns false when it was loaded already
   * @throws RemapError `EINVAL` when a module that it needs isn't loaded
   */
  load(name: ModuleName): boolean {
    if (this.has(name)) return false;
    const missing = (DEPENDENCIES[name] ?? []).filter((needed) => !this.has(needed));
    if (missing.length > 0) {
      const needed = missing.map(kernelModuleName).join(', ');
      throw new RemapError('EINVAL', `${kernelModuleName(name)} needs ${needed}: load that first`, {
        missing,
      });
    }
    this.#loaded.add(name);
    this.#onChange(name, true);
    return true;
  }

  /**
   * Unloads a module.
   * @returns false when it wasn't loaded
   * @throws RemapError `EBUSY` naming what uses it
   */
  unload(name: ModuleName): boolean {
    if (!this.has(name)) return false;
    const users = this.#users(name);
    if (users.length > 0) {
      const text = `${kernelModuleName(name)} is in use by ${users.join(', ')}: remove that first`;
      throw new RemapError('EBUSY', text, { users });
    }
    this.#loaded.delete(name);
    this.#onChange(name, false);
    return true;
  }

  #users(name: ModuleName): string[] {
    if (!this.has(name)) return [];
    const dependents = MODULE_NAMES.filter((other) => this.has(other) && DEPENDENCIES[other]?.includes(name));
    return [...dependents, ...this.#usersOf(name)];
  }
}
