import { whole } from '../contract/argumentReaders';
import {
  listRemapsOptions,
  type ReadRequest,
  type RemapPage,
  readOptions,
  writeOptions,
} from '../contract/commandArguments';
import { describeSector, writeSectorQuestion } from '../contract/destructiveQuestions';
import { readCommand } from '../contract/deviceCommands';
import { formatRemaps, formatSectors } from '../contract/reportText';
import { parseBytes, parseRanges, parseSector } from '../contract/typedInput';
import { plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { type RemapDevice, RemapError, type RemapListing, SECTOR_SIZE } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import { answerTo } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { mention } from '../frame/notifications';
import { isTreeReference } from '../frame/treeReference';
import { commands } from '../manifest';
import { linksOf, type ReportDocuments } from './reportDocuments';

/** Limits of what is shown to a person at a time. */
const MAX_SHOWN_SECTORS = 2048;
const MAX_SHOWN_REMAPS = 10_000;

interface Listing {
  readonly device: RemapDevice;
  readonly page: RemapPage;
}

/** Commands that read, write and list the sectors of a device. */
export function sectorCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [commands.listRemaps]: define<Listing, RemapListing>({
      progress: 'Listing remaps',
      fromCode: ([reference, options]) => ({
        device: devices.get(reference),
        page: listRemapsOptions(options),
      }),
      title: 'List Remaps',
      fromPerson: async (origin, dialog) => ({
        device: await askAssembled(devices, origin, dialog),
        page: { limit: MAX_SHOWN_REMAPS },
      }),
      run: ({ device, page }) => device.listRemaps(page),
      tell: (listing, { device }) =>
        reports.show({
          title: `${device.name} remaps`,
          text: formatRemaps(listing),
          links: linksOf(device, device.spec.spares.length > 1 ? 'remapsOfPool' : 'remaps'),
        }),
    }),
    [commands.read]: define({
      progress: 'Reading sectors',
      fromCode: ([reference, options]) => ({ device: devices.get(reference), ...readOptions(options) }),
      title: 'Read Sectors',
      fromPerson: (origin, dialog) => askRead(devices, origin, dialog),
      run: ({ device, ...request }) => readCommand(device, request),
      tell: ({ base64: text, ...failures }, { device, sector }) => {
        const shown = formatSectors(sector, Buffer.from(text, 'base64'), failures);
        const title = `${device.name} sectors`;
        return reports.show({ title, text: shown, links: linksOf(device, 'sectors') });
      },
    }),
    [commands.write]: define({
      progress: 'Writing sectors',
      fromCode: ([reference, options]) => ({ device: devices.get(reference), ...writeOptions(options) }),
      title: 'Write Sector',
      steps: 2,
      fromPerson: (origin, dialog) => askWrite(devices, origin, dialog),
      run: ({ device, sector, bytes }) => device.write(sector, bytes),
      tell: ({ remapped }, { sector }) => {
        mention(`Wrote sector ${sector}${remapped.length > 0 ? `, which was remapped` : ''}`);
      },
    }),
    [commands.remapSector]: define({
      progress: 'Remapping a sector',
      fromCode: ([reference, sector]) => ({
        device: devices.get(reference),
        sector: whole(sector, 'sector'),
      }),
      title: 'Remap Sector',
      fromPerson: async (origin, dialog) => {
        const device = await askAssembled(devices, origin, dialog);
        return { device, sector: await askSector(device, dialog, 'Sector to move to the spare') };
      },
      run: ({ device, sector }) => device.remapSector(sector),
      tell: ({ original, spare }) => mention(`Sector ${original} is now at spare sector ${spare}`),
    }),
    [commands.unremapSector]: define({
      progress: 'Moving a sector back to main',
      fromCode: ([reference, sector]) => ({
        device: devices.get(reference),
        sector: whole(sector, 'sector'),
      }),
      title: 'Un-remap Sector',
      fromPerson: async (origin, dialog) => {
        const device = await askAssembled(devices, origin, dialog);
        return { device, sector: await askRemapped(device, origin, dialog) };
      },
      run: ({ device, sector }) => device.unremapSector(sector),
    }),
  };
}

/** The sector of the item that the command is called from, or one that the person types. */
async function askRemapped(device: RemapDevice, origin: CommandOrigin, dialog: Dialog): Promise<number> {
  if (isTreeReference(origin) && origin.sector !== undefined) return origin.sector;
  const { total, remaps } = device.listRemaps({ limit: 1 });
  if (total === 0) throw new RemapError('EINVAL', `no sector of ${device.name} is remapped`);
  return dialog.text({
    prompt: 'Remapped sector whose data move back to the main image',
    value: `${remaps[0]!.original}`,
    read: (typed) => parseSector(typed, device.sectorCount),
  });
}

async function askRead(
  devices: DevicesService,
  origin: CommandOrigin,
  dialog: Dialog,
): Promise<ReadRequest & { readonly device: RemapDevice }> {
  const device = await askAssembled(devices, origin, dialog);
  const [sector, count] = await dialog.text({
    prompt: 'Sector, or sectors such as 2000-2010 or 5000+8',
    value: `${device.spec.markers.sectors[0] ?? 0}`,
    read: (typed) => {
      const [first, ...others] = parseRanges(typed, device.sectorCount);
      if (others.length > 0) throw new RemapError('EINVAL', 'one range at a time');
      if (first![1] > MAX_SHOWN_SECTORS)
        throw new RemapError('EINVAL', `at most ${plural(MAX_SHOWN_SECTORS, 'sector')} at a time`);
      return first!;
    },
  });
  return { device, sector, count, from: 'device' };
}

async function askWrite(devices: DevicesService, origin: CommandOrigin, dialog: Dialog) {
  const device = await askAssembled(devices, origin, dialog);
  const sector = await askSector(device, dialog, 'Sector to write');
  const content = await dialog.text({
    prompt: `Text, or bytes in hexadecimal after 0x; the rest of sector ${sector} becomes zeros`,
    read: (typed) => parseBytes(typed, SECTOR_SIZE),
  });
  const bytes = new Uint8Array(SECTOR_SIZE);
  bytes.set(content);
  const { bytes: before, failed } = await device.read(sector, 1, { onlyLooks: true });
  const now = describeSector(failed.length > 0 ? undefined : before);
  const question = writeSectorQuestion(device.name, device.spec.main, sector, now);
  return (await answerTo(question)) === undefined ? undefined : { device, sector, bytes };
}

function askSector(device: RemapDevice, dialog: Dialog, prompt: string): Promise<number> {
  return dialog.text({ prompt, read: (typed) => parseSector(typed, device.sectorCount) });
}
