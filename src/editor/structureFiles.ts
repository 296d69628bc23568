import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseJson } from '../contract/jsonText';
import { RemapError, readRegularFile, textBytes } from '../engine';
import { readDescription, type StructureDescription } from '../structure';

const KIND = 'the description of a structure';
const MOST_BYTES = 256 * 1024;
/** Of one folder, by name; further ones are refused. */
const MOST_FILES = 64;

/** What came of a file with the description of a structure. */
export interface StructureFile {
  readonly path: string;
  /** Null: `error` says what is wrong. */
  readonly description: StructureDescription | null;
  /** A `RemapError` of a mistake in the text has `line` and `column` in its details. */
  readonly error: unknown;
}

/** The descriptions in the files `*.json` of a folder, by name; none where there is no such folder. */
export async function readStructureFolder(folder: string): Promise<StructureFile[]> {
  const names = await readdir(folder).catch(() => []);
  const files = names.filter((name) => name.endsWith('.json')).sort();
  const read: StructureFile[] = [];
  for (const [index, name] of files.entries()) {
    const path = join(folder, name);
    if (index < MOST_FILES) read.push(await readFile(path));
    else if (index === MOST_FILES) {
      const message = `${path}: at most ${MOST_FILES} descriptions of structures are read from a folder`;
      read.push({ path, description: null, error: new RemapError('EINVAL', message, { path }) });
    }
  }
  return read;
}

async function readFile(path: string): Promise<StructureFile> {
  try {
    const bytes = await readRegularFile(path, { kind: KIND, maxBytes: MOST_BYTES });
    const { value, failAt } = parseJson(Buffer.from(textBytes(bytes, path)).toString(), path, KIND);
    return { path, description: readDescription(value, failAt), error: null };
  } catch (error) {
    return { path, description: null, error };
  }
}
