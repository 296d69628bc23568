import { printable, RemapError } from '../engine';
import { runDialog } from '../frame/dialog';
import { inform } from '../frame/notifications';
import { withProgress } from '../frame/progress';
import { SECTOR_SIZE } from '../shared/protocol';
import { type DecodedStructure, findStructures, type StructureDescription, UNMARKED } from '../structure';
import { structurePlaces } from './editorRequests';
import type { EditorSession } from './session';
import { diskOf } from './structuresAt';

/** More volumes than that aren't looked at. */
const MOST_VOLUMES = 64;
/** The fields that tell one structure from another of its kind. */
const TELLING = ['Label', 'Array name', 'UUID', 'Disk GUID', 'Sequence number', 'Serial number', 'Name'];

/** Has a person choose one of the structures that are known in the view, and goes there. */
export async function goToStructure(session: EditorSession): Promise<void> {
  const found = await structuresOf(session).catch((error: unknown) => {
    if (error instanceof Error && error.name === 'AbortError') return undefined;
    throw error;
  });
  if (!found) return;
  if (found.structures.length === 0) {
    void inform('No structure is known here: no partition table, superblock or metadata copy.');
    return;
  }
  const choices = found.structures.map((structure) => ({
    label: printable(structure.name),
    description: `sector ${structure.byteOffset / SECTOR_SIZE}`,
    detail: detailOf(structure),
    value: structure.byteOffset,
  }));
  const chosen = await runDialog('Go to Structure', (dialog) => dialog.choice('Structure', choices));
  if (chosen !== undefined) session.reveal({ view: found.view, byteOffset: chosen }, true);
}

async function structuresOf({ place, document, sought }: EditorSession) {
  const view = document.source.views.find(({ id }) => id === place?.view);
  if (!view) throw new RemapError('ENODEV', 'There is nothing to show yet.');
  const { bytes, volumes } = await structurePlaces(document, view, sought);
  const structures = await withProgress(
    'Looking for structures',
    async ({ signal, report }) => {
      const disk = diskOf(bytes, signal);
      const known = (await volumes?.disk().catch(() => null))?.volumes ?? [];
      const extents = [
        { first: 0, count: disk.sectorCount },
        ...known.slice(0, MOST_VOLUMES).map(({ first, sectorCount }) => ({ first, count: sectorCount })),
      ];
      return findStructures(disk, extents, sought.descriptions, (done) => report('', done));
    },
    { cancellable: true },
  );
  return { structures, view: view.id };
}

/** Has a person say what structure begins at the cursor, where nothing there tells it or something else does. */
export async function interpretAs(session: EditorSession): Promise<void> {
  const { place, sought } = session;
  if (!place) return;
  const isSaid = sought.interpretations.some(
    ({ view, byteOffset }) => view === place.view && byteOffset === place.byteOffset,
  );
  const described = [...UNMARKED, ...sought.descriptions].map((description) => ({
    label: printable(description.name),
    description: `${description.byteCount} bytes`,
    value: description as StructureDescription | null,
  }));
  const recognised = { label: 'What is recognised there', value: null };
  const choices = isSaid ? [recognised, ...described] : described;
  const title = `Interpret Byte ${place.byteOffset} As`;
  const chosen = await runDialog(title, (dialog) => dialog.choice('Structure that begins here', choices));
  if (chosen !== undefined) session.interpret(place, chosen);
}

/** What tells a structure from others: the verdict on its checksum, a label, an identifier. */
function detailOf({ isChecksumRight, fields }: DecodedStructure): string | undefined {
  const verdict = isChecksumRight === null ? [] : [`checksum ${isChecksumRight ? 'right' : 'wrong'}`];
  const told = fields.filter(({ name, value }) => TELLING.includes(name) && value !== 'empty');
  const parts = [...verdict, ...told.slice(0, 3).map(({ name, value }) => `${name}: ${value}`)];
  return parts.length === 0 ? undefined : printable(parts.join(' · '));
}
