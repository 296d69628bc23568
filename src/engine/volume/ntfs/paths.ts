import type { FilePath } from '../volumeContracts';
import { UnreadableError } from '../volumeReader';
import { gatherAttributes } from './attributeList';
import { namesOf } from './fileNames';
import type { Mft } from './mft';
import type { MftRecord, Reference } from './mftRecord';

/** The record of the root folder. */
export const ROOT_RECORD = 5;
const DEEPEST = 256;
const KEPT_FOLDERS = 4096;

/** A folder on the way to the root: its name and what holds it, or what is said where the way ends. */
type Step =
  | { readonly name: string; readonly sequence: number; readonly parent: Reference }
  | { readonly end: string };

/** Names files by their place in the tree of folders. */
export class Paths {
  readonly #mft: Mft;
  readonly #folders = new Map<number, Step>();

  constructor(mft: Mft) {
    this.#mft = mft;
  }

  /** All paths of a record's file: of an extension record those of its base; none for a record that isn't in use, or has no name. */
  async pathsOf(number: number): Promise<FilePath[]> {
    if (number === ROOT_RECORD) return ['/'];
    const record = await this.#baseOf(number);
    if (typeof record === 'string') return [record];
    if (!record) return [];
    const gathered = await gatherAttributes(record, this.#mft);
    const paths: FilePath[] = [];
    for (const { parent, name } of namesOf(gathered.attributes))
      paths.push(`${await this.#folderPath(parent)}/${name}`);
    if (paths.length > 0 || gathered.doubts.length === 0) return paths;
    return [`(the name of ${said(number)} can't be read)`];
  }

  /** The base record of a record, in use; null where there is none; text when it can't be read. */
  async #baseOf(number: number): Promise<MftRecord | null | string> {
    const record = await this.#readable(number);
    if (typeof record === 'string' || !record.base)
      return typeof record !== 'string' && !record.inUse ? null : record;
    const base = record.inUse ? await this.#readable(record.base.record) : null;
    if (base === null || typeof base === 'string') return base;
    return base.inUse && base.sequence === record.base.sequence ? base : null;
  }

  async #readable(number: number): Promise<MftRecord | string> {
    try {
      return await this.#mft.record(number);
    } catch (error) {
      if (error instanceof UnreadableError) return unreadable(number);
      throw error;
    }
  }

  /** The path of a folder without a slash at its end: empty for the root. */
  async #folderPath(folder: Reference): Promise<string> {
    const names: string[] = [];
    let reference = folder;
    for (let depth = 0; depth < DEEPEST; depth++) {
      if (reference.record === ROOT_RECORD) return names.map((name) => `/${name}`).join('');
      const step = await this.#step(reference.record);
      if ('end' in step) return [step.end, ...names].join('/');
      if (step.sequence !== reference.sequence) return ['(lost folder)', ...names].join('/');
      names.unshift(step.name);
      reference = step.parent;
    }
    return ['(a circle of folders)', ...names].join('/');
  }

  async #step(number: number): Promise<Step> {
    const kept = this.#folders.get(number);
    if (kept) return kept;
    const step = await this.#readStep(number);
    if (this.#folders.size >= KEPT_FOLDERS) this.#folders.delete(this.#folders.keys().next().value!);
    this.#folders.set(number, step);
    return step;
  }

  async #readStep(number: number): Promise<Step> {
    const record = await this.#readable(number);
    if (typeof record === 'string') return { end: record };
    if (!record.inUse || !record.isDirectory || record.base) return { end: '(lost folder)' };
    const { attributes } = await gatherAttributes(record, this.#mft);
    const [name] = namesOf(attributes);
    if (!name) return { end: `(the name of ${said(number)} can't be read)` };
    return { name: name.name, sequence: record.sequence, parent: name.parent };
  }
}

function said(number: number): string {
  return `MFT record ${number}`;
}

function unreadable(number: number): string {
  return `(${said(number)} can't be read)`;
}
