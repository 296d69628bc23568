import { basename } from 'node:path';
import { compareOptions } from '../contract/commandArguments';
import { formatComparison } from '../contract/comparisonText';
import { SECTORS_IN } from '../contract/reportLinks';
import type { DevicesService } from '../devices/devicesService';
import { knownDevice } from '../devices/metadataCheck';
import { findVolumeTarget } from '../devices/volumeTargets';
import { baseFolder } from '../devices/workspaceFiles';
import { compareDisks, type SectorView } from '../engine';
import { type CommandOrigin, define } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { isTreeReference } from '../frame/treeReference';
import { commands } from '../manifest';
import { askImage, imageOf } from './askImage';
import type { Report, ReportDocuments } from './reportDocuments';

/** A device or image, and which bytes of a device; undefined: as its clients see it. */
interface Side {
  readonly reference: unknown;
  readonly from: SectorView | undefined;
}

interface Comparing {
  readonly first: Side;
  readonly second: Side;
}

const LINKS = {
  device: SECTORS_IN.scanned,
  main: SECTORS_IN.unreadableOfMain,
  spare: SECTORS_IN.unreadableOfSpare,
} as const;

/** The command that compares any two of devices, their images and other images. */
export function compareCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [commands.compare]: define({
      progress: 'Comparing',
      cancellable: true,
      fromCode: ([first, second, options]): Comparing => {
        const { from, secondFrom } = compareOptions(options);
        return { first: { reference: first, from }, second: { reference: second, from: secondFrom } };
      },
      title: 'Compare',
      steps: 2,
      fromPerson: async (origin, dialog): Promise<Comparing> => {
        const first = sideOf(origin) ?? (await askSide(devices, dialog, 'Compare what'));
        return {
          first,
          second: await askSide(devices, dialog, `Compare ${nameOf(devices, first)} with`, first),
        };
      },
      run: async ({ first, second }, { signal, report }) => {
        const folder = baseFolder();
        const one = await findVolumeTarget(devices, first.reference, folder, first.from);
        try {
          const other = await findVolumeTarget(devices, second.reference, folder, second.from);
          const onProgress = (fraction: number) => report(nameOf(devices, first), fraction);
          return await compareDisks(one, other, { signal, onProgress }).finally(() => other.close());
        } finally {
          await one.close();
        }
      },
      tell: (found, { first, second }) => {
        const [one, other] = [first, second].map((side) => nameOf(devices, side)) as [string, string];
        return reports.show({
          title: `${one} and ${other} compared`,
          text: formatComparison(found, one, other),
          links: linksOf(devices, first),
        });
      },
    }),
  };
}

/** What a command was called from, as a side. */
function sideOf(origin: CommandOrigin): Side | undefined {
  const image = imageOf(origin);
  if (image !== undefined) return { reference: image, from: undefined };
  return isTreeReference(origin) ? { reference: origin, from: undefined } : undefined;
}

/** Asks for one of the assembled devices, one of their images, or an image of its own. */
async function askSide(
  devices: DevicesService,
  dialog: Dialog,
  question: string,
  besides?: Side,
): Promise<Side> {
  const taken = besides && nameOf(devices, besides);
  const sides = devices
    .entries()
    .filter(({ device, scenario }) => device !== undefined && scenario === undefined)
    .flatMap(({ deviceKey }) => {
      const reference = { treeReference: true, deviceKey };
      return ([undefined, 'main', 'spare'] as const).map((from): Side => ({ reference, from }));
    })
    .map((value) => ({ label: nameOf(devices, value), value: value as Side | undefined }))
    .filter(({ label }) => label !== taken);
  const image = { label: 'An Image...', value: undefined };
  const side = sides.length === 0 ? undefined : await dialog.choice(question, [...sides, image]);
  return side ?? { reference: await askImage(devices, dialog, `${question}: image`), from: undefined };
}

/** Names a device with its view, or an image by its file. */
function nameOf(devices: DevicesService, { reference, from }: Side): string {
  const entry = knownDevice(devices, reference);
  if (!entry) return basename(String(reference));
  return from === undefined || from === 'device' ? entry.name : `${entry.name} ${from}`;
}

/** The sectors of the report lead to the first side. */
function linksOf(
  devices: DevicesService,
  { reference, from = 'device' }: Side,
): NonNullable<Report['links']> {
  const deviceKey = knownDevice(devices, reference)?.deviceKey;
  const subject = deviceKey === undefined ? { imagePath: String(reference) } : { deviceKey };
  return { subject, pattern: LINKS[from] };
}
