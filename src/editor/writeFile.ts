import { basename } from 'node:path';
import { parseSector } from '../contract/typedInput';
import { plural } from '../contract/wording';
import { openRegularFile, RemapError } from '../engine';
import { type Dialog, runDialog } from '../frame/dialog';
import { SECTOR_SIZE, type ViewInfo } from '../shared/protocol';
import { makeChange } from './change';
import { editableIn, placeInWords } from './changeTarget';
import { labelOfFile } from './editLabels';
import type { EditorSession } from './session';

type OpenFile = Awaited<ReturnType<typeof openRegularFile>>;

/** A file to be written, and where. */
interface Asked {
  readonly path: string;
  readonly size: number;
  readonly sector: number;
}

/** Asks for a file and a sector, and writes the file's bytes from that sector on. */
export async function writeFileAtSector(session: EditorSession): Promise<void> {
  const { view, start } = editableIn(session);
  const asked = await runDialog(
    'Write File at Sector',
    async (dialog) => {
      const { fsPath: path } = await dialog.file({ openLabel: 'Choose File' });
      const size = await withFile(path, async (file) => (await file.stat()).size);
      if (size === 0) throw new RemapError('EINVAL', `${path} is empty: there is nothing to write.`);
      const sector = await askSector(dialog, view, Math.floor(start / SECTOR_SIZE), size);
      return { path, size, sector };
    },
    2,
  );
  if (asked) await withFile(asked.path, (file) => write(session, view, asked, file));
}

async function withFile<T>(path: string, use: (file: OpenFile) => Promise<T>): Promise<T> {
  const file = await openRegularFile(path, 'r', 'a file');
  try {
    return await use(file);
  } finally {
    await file.close();
  }
}

async function write(
  session: EditorSession,
  view: ViewInfo,
  { path, size, sector }: Asked,
  file: OpenFile,
): Promise<void> {
  const name = basename(path);
  const start = sector * SECTOR_SIZE;
  const place = placeInWords(start, start + size);
  await makeChange(session, {
    view,
    start,
    end: start + size,
    label: labelOfFile(name, sector),
    doing: `Writing ${name} to ${place}`,
    done: `Wrote ${name} to ${place}`,
    question: `Write ${name} to ${place}`,
    bytes: (at, count) => readBytes(file, path, at, count),
  });
}

function askSector(dialog: Dialog, view: ViewInfo, here: number, size: number): Promise<number> {
  const read = (typed: string) => {
    const sector = parseSector(typed, Math.ceil(view.byteCount / SECTOR_SIZE));
    const left = view.byteCount - sector * SECTOR_SIZE;
    if (size <= left) return sector;
    throw new RemapError(
      'EINVAL',
      `the file has ${plural(size, 'byte')}, and from sector ${sector} to the end are ${plural(left, 'byte')}`,
    );
  };
  return dialog.text({
    prompt: `The file has ${plural(size, 'byte')}. The sector where they begin`,
    value: `${here}`,
    read,
    hint: (typed) => covered(read(typed), size, view.byteCount),
  });
}

/** What a file covers: `It covers sectors 10 to 12; the last 100 bytes of sector 12 stay.` */
function covered(first: number, size: number, viewBytes: number): string {
  const last = first + Math.ceil(size / SECTOR_SIZE) - 1;
  const sectors = first === last ? `sector ${first}` : `sectors ${first} to ${last}`;
  const sectorEnd = Math.min((last + 1) * SECTOR_SIZE, viewBytes);
  const rest = sectorEnd - first * SECTOR_SIZE - size;
  const stays = rest === 0 ? '' : `; the last ${plural(rest, 'byte')} of sector ${last} stay`;
  return `It covers ${sectors}${stays}.`;
}

async function readBytes(file: OpenFile, path: string, at: number, count: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(count);
  let done = 0;
  while (done < count) {
    const { bytesRead } = await file.read(bytes, done, count - done, at + done);
    if (bytesRead === 0) throw new RemapError('EIO', `${path} became shorter while it was read.`, { path });
    done += bytesRead;
  }
  return bytes;
}
