import { basename, dirname, extname, relative, sep } from 'node:path';
import { applyEdits, modify } from 'jsonc-parser';
import { type MarkerSpec, readRegularFile, type StagedText, stageTextFile, textBytes } from '../engine';
import { type DeviceContent, readDeviceContent } from './deviceContent';
import { parseJson } from './jsonText';

export const DEVICE_FILE_ENDING = '.remap';

const MAX_BYTES = 1024 * 1024;

/** The content of a device file to be written; its paths are written as they are here. */
export interface DeviceFileText {
  readonly main: string;
  readonly spare: string | readonly string[];
  readonly flakey?: string;
  readonly markers?: MarkerSpec;
}

/** Whether a path has the ending of a device file, and is no companion of one. */
export function isDeviceFile(path: string): boolean {
  return extname(path).toLowerCase() === DEVICE_FILE_ENDING && !isCompanion(path);
}

/** Whether a file is what macOS keeps beside `NAME` on foreign file systems, as `._NAME`: what it can't keep in the file. */
export function isCompanion(path: string): boolean {
  return basename(path).startsWith('._');
}

/** A device's name: that of its device file, or of its main image, without the ending. */
export function deviceNameOf(path: string): string {
  return basename(path, extname(path));
}

/**
 * The text of a device file.
 * @throws RemapError `EINVAL` for anything but a regular file, and for one of more than 1 MiB; the system's error
 */
export async function readDeviceFileText(path: string): Promise<string> {
  const bytes = await readRegularFile(path, { kind: 'a device file', maxBytes: MAX_BYTES });
  return Buffer.from(textBytes(bytes, path)).toString();
}

/**
 * Reads a device file's text and makes its paths absolute. Unknown keys are no error: the JSON schema warns of them.
 * @throws RemapError `EINVAL`, whose message and details name the file, line and column of the first mistake
 */
export function parseDeviceFile(text: string, path: string): DeviceContent {
  const { value, failAt } = parseJson(text, path, 'a device file');
  return readDeviceContent(value, dirname(path), failAt);
}

/** The text of a new device file. */
export function formatDeviceFile({ main, spare, flakey, markers }: DeviceFileText): string {
  const members = [`"main": ${JSON.stringify(main)}`, `"spare": ${JSON.stringify(spare)}`];
  if (flakey !== undefined) {
    members.push(`// dm-flakey between dm-remap and the main image.\n  "flakey": ${JSON.stringify(flakey)}`);
  }
  if (markers) {
    const list = `"sectors": [${markers.sectors.join(', ')}], "text": ${JSON.stringify(markers.text)}`;
    members.push(`// Sectors that Write Markers and Verify Markers use.\n  "markers": { ${list} }`);
  }
  return `{\n  ${members.join(',\n  ')}\n}\n`;
}

/** Changes the spares in a device file's text; everything else in it stays, comments included. */
export function editSpares(text: string, spares: readonly string[]): string {
  return setMember(text, 'spare', spares);
}

/** Changes where the rescue map of main is, in a device file's text; everything else in it stays. */
export function editMap(text: string, map: string): string {
  return setMember(text, 'map', map);
}

/** Changes the flakey layer in a device file's text, or takes it out (null); everything else in it stays. */
export function editFlakey(text: string, flakey: string | null): string {
  return setMember(text, 'flakey', flakey ?? undefined);
}

/**
 * Writes what a device file will say, to be put in its place by `commit`. Where that fails with the new text in place, the
 * old one is put back: what the file would have told didn't happen.
 * @throws RemapError as {@link readDeviceFileText}, and the code of the failed file operation
 */
export async function stageDeviceFile(path: string, edit: (text: string) => string): Promise<StagedText> {
  const before = await readDeviceFileText(path);
  const staged = await stageText(path, edit(before));
  const commit: StagedText['commit'] = async (expected) => {
    try {
      return await staged.commit(expected);
    } catch (error) {
      if (staged.isInPlace)
        await stageText(path, before)
          .then((old) => old.commit())
          .catch(() => undefined);
      throw error;
    }
  };
  return {
    commit,
    discard: staged.discard,
    get isInPlace() {
      return staged.isInPlace;
    },
  };
}

function stageText(path: string, text: string): Promise<StagedText> {
  return stageTextFile(path, [Buffer.from(text).toString('latin1')]);
}

/** How a device file names an image: relative to itself, with forward slashes. */
export function pathInDeviceFile(deviceFile: string, image: string): string {
  return relative(dirname(deviceFile), image).split(sep).join('/');
}

function setMember(text: string, name: string, value: unknown): string {
  const formattingOptions = { insertSpaces: true, tabSize: 2 };
  return applyEdits(text, modify(text, [name], value, { formattingOptions }));
}
