import { basename } from 'node:path';
import * as vscode from 'vscode';
import { damageOptions, fileAsked, ownersAsked, sectorsOfOptions } from '../contract/commandArguments';
import { SECTORS_IN } from '../contract/reportLinks';
import type { Task } from '../contract/task';
import { parseRanges } from '../contract/typedInput';
import { runVolumeCommand, type VolumeCommand, type VolumeResults } from '../contract/volumeCommands';
import { formatDamage, formatFileSectors, formatOwners, formatVolumes } from '../contract/volumeText';
import type { DevicesService } from '../devices/devicesService';
import { knownDevice } from '../devices/metadataCheck';
import { findVolumeTarget } from '../devices/volumeTargets';
import { baseFolder } from '../devices/workspaceFiles';
import { RemapError } from '../engine';
import { askDevice } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { isTreeReference, type TreeReference } from '../frame/treeReference';
import { commands } from '../manifest';
import type { Report, ReportDocuments } from './reportDocuments';

/** More owners than these no document shows well. */
const MAX_TYPED_SECTORS = 10_000;

export const PATH_PROMPT = 'Path of the file in its volume, such as /home/a/photo.jpg';

/** A disk, and what is asked of it. */
interface Question {
  readonly reference: unknown;
  readonly options?: unknown;
}

/** Commands that look into the file systems of a device or an image. */
export function volumeCommands(devices: DevicesService, reports: ReportDocuments) {
  const ask = (origin: CommandOrigin, dialog: Dialog) => askDisk(devices, origin, dialog);
  const run = async <Name extends VolumeCommand>(
    name: Name,
    { reference, options }: Question,
    task: Task,
  ): Promise<VolumeResults[Name]> => {
    const target = await findVolumeTarget(devices, reference, baseFolder());
    try {
      return await runVolumeCommand(name, target, options, task);
    } finally {
      await target.close();
    }
  };
  const show = ({ reference }: Question, what: string, text: string, links?: Report['links']) =>
    reports.show({ title: `${nameOf(devices, reference)} ${what}`, text, ...(links && { links }) });
  return {
    [commands.volumes]: define({
      progress: 'Looking for volumes',
      fromCode: ([reference]): Question => ({ reference }),
      title: 'Show Volumes',
      fromPerson: async (origin, dialog): Promise<Question> => ({ reference: await ask(origin, dialog) }),
      run: (question, task) => run('volumes', question, task),
      tell: (volumes, question) => show(question, 'volumes', formatVolumes(volumes)),
    }),
    [commands.ownerOf]: define({
      progress: 'Looking for the owners of sectors',
      cancellable: true,
      fromCode: ([reference, sectors]): Question => ({ reference, options: ownersAsked({ sectors }) }),
      title: 'Show Owner of Sectors',
      steps: 2,
      fromPerson: async (origin, dialog): Promise<Question> => {
        const reference = await ask(origin, dialog);
        const sectors = await dialog.text({
          prompt: 'Sectors whose owner to tell, such as 1000, 2000-2010, 5000+8',
          read: (typed) => sectorsIn(typed),
        });
        return { reference, options: { sectors } };
      },
      run: (question, task) => run('ownerOf', question, task),
      tell: (owners, question) => show(question, 'owners', formatOwners(owners)),
    }),
    [commands.sectorsOf]: define({
      progress: 'Looking for a file',
      fromCode: ([reference, path, options]): Question => ({
        reference,
        options: fileAsked({ path, ...sectorsOfOptions(options) }),
      }),
      title: 'Show Sectors of File',
      steps: 2,
      fromPerson: async (origin, dialog): Promise<Question> => {
        const reference = await ask(origin, dialog);
        const path = await dialog.text({
          prompt: PATH_PROMPT,
          read: (typed) => typed,
        });
        return { reference, options: { path } };
      },
      run: (question, task) => run('sectorsOf', question, task),
      tell: (file, question) => show(question, 'file', formatFileSectors(file)),
    }),
    [commands.damage]: define({
      progress: 'Looking for what is lost',
      cancellable: true,
      fromCode: ([reference, options]): Question => ({ reference, options: damageOptions(options) }),
      title: 'Show Damage Report',
      fromPerson: async (origin, dialog): Promise<Question> => ({ reference: await ask(origin, dialog) }),
      run: (question, task) => run('damage', question, task),
      tell: (report, question) =>
        show(question, 'damage', formatDamage(report), {
          subject: subjectOf(devices, question.reference),
          pattern: SECTORS_IN.lost,
        }),
    }),
  };
}

/** Whose sectors a report names. */
function subjectOf(
  devices: DevicesService,
  reference: unknown,
): { deviceKey: string } | { imagePath: string } {
  const entry = knownDevice(devices, reference);
  if (entry) return { deviceKey: entry.deviceKey };
  return { imagePath: reference instanceof vscode.Uri ? reference.fsPath : String(reference) };
}

/** Names a device, or an image by its file. */
function nameOf(devices: DevicesService, reference: unknown): string {
  const entry = knownDevice(devices, reference);
  if (entry) return entry.name;
  return basename(reference instanceof vscode.Uri ? reference.fsPath : String(reference));
}

/** The sectors that a person typed; as many as a command takes. */
function sectorsIn(typed: string): readonly number[] {
  const ranges = parseRanges(typed, Number.MAX_SAFE_INTEGER);
  const total = ranges.reduce((sum, [, count]) => sum + count, 0);
  if (total > MAX_TYPED_SECTORS)
    throw new RemapError('EINVAL', `at most ${MAX_TYPED_SECTORS} sectors, not ${total}`);
  return ranges.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i));
}

/** As {@link askDisk}: the path of the image, or the key of the device. */
export async function askDiskPath(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<string> {
  const disk = await askDisk(devices, origin, dialog);
  return disk instanceof vscode.Uri ? disk.fsPath : typeof disk === 'string' ? disk : disk.deviceKey;
}

/** The image that the origin is, the device that it names, or the assembled device that the person picks. */
async function askDisk(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<vscode.Uri | string | (TreeReference & { readonly deviceKey: string })> {
  if (origin instanceof vscode.Uri) return origin;
  if (isTreeReference(origin) && origin.imagePath !== undefined) return origin.imagePath;
  const { deviceKey } = await askDevice(devices, origin, dialog, {
    among: ({ device }) => device !== undefined,
    none: 'no device is assembled: assemble one',
  });
  return { treeReference: true, deviceKey };
}
