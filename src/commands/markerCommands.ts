import * as vscode from 'vscode';
import { markerOptions } from '../contract/commandArguments';
import { writeMarkersQuestion } from '../contract/destructiveQuestions';
import { countMissing, formatVerification } from '../contract/reportText';
import type { Task } from '../contract/task';
import { plural } from '../contract/wording';
import type { DevicesService } from '../devices/devicesService';
import { deviceKeyOf } from '../devices/writePolicy';
import { type MarkerSpec, type MarkerVerification, type RemapDevice, RemapError } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandOrigin, define } from '../frame/command';
import { answerTo } from '../frame/decisions';
import type { Dialog } from '../frame/dialog';
import { inform, mention, warn } from '../frame/notifications';
import { commands } from '../manifest';
import { linksOf, type ReportDocuments } from './reportDocuments';

interface DeviceMarkers {
  readonly device: RemapDevice;
  /** What differs from the device's own markers. */
  readonly markers: Partial<MarkerSpec>;
}

/** Commands that write a known text at the start of sectors, and check that it is still there. */
export function markerCommands(devices: DevicesService, reports: ReportDocuments) {
  const fromCode = ([reference, options]: readonly unknown[]): DeviceMarkers => ({
    device: devices.get(reference),
    markers: markerOptions(options),
  });
  const fromPerson = async (origin: CommandOrigin, dialog: Dialog): Promise<DeviceMarkers> => ({
    device: await askAssembled(devices, origin, dialog),
    markers: {},
  });
  return {
    [commands.writeMarkers]: define({
      progress: 'Writing markers',
      cancellable: true,
      fromCode,
      title: 'Write Markers',
      fromPerson: async (origin, dialog) => {
        const wanted = await fromPerson(origin, dialog);
        return (await mayOverwriteByMarkers(wanted.device)) ? wanted : undefined;
      },
      run: ({ device, markers }, task) => devices.markers.write(device, { ...markers, ...followedBy(task) }),
      tell: ({ written, remapped }) => {
        const remaps =
          remapped.length > 0
            ? `; ${plural(remapped.length, 'bad sector was', 'bad sectors were')} remapped`
            : '';
        mention(`Wrote ${plural(written, 'marker')}${remaps}`);
      },
    }),
    [commands.verifyMarkers]: define({
      progress: 'Verifying markers',
      cancellable: true,
      fromCode,
      title: 'Verify Markers',
      fromPerson,
      run: ({ device, markers }, task) => devices.markers.verify(device, { ...markers, ...followedBy(task) }),
      tell: (verification, { device }) => tellVerdict(reports, device, verification),
    }),
  };
}

/** Asks where a sector holds what is neither zeros nor a marker. A sector that can't be read has nothing to lose. */
export async function mayOverwriteByMarkers(device: RemapDevice): Promise<boolean> {
  const { name, spec } = device;
  // A read would wait, and its question would come when the person has gone on.
  if (device.suspended)
    throw new RemapError('EBUSY', `${name} is suspended: resume it before markers are written`, {
      device: name,
    });
  const { results } = await device.verifyMarkers();
  const others: number[] = [];
  for (const { sector, ok, actual } of results) {
    if (ok || actual === null) continue;
    const { bytes } = await device.read(sector, 1, { onlyLooks: true });
    if (bytes.some((byte) => byte !== 0)) others.push(sector);
  }
  if (others.length === 0) return true;
  return (await answerTo(writeMarkersQuestion(name, spec.main, others))) !== undefined;
}

async function tellVerdict(
  reports: ReportDocuments,
  device: RemapDevice,
  verification: MarkerVerification,
): Promise<void> {
  const { name } = device;
  const { verified, total, results } = verification;
  const showReport = 'Show Report';
  if (total > 0 && results.every(({ failure }) => failure === 'neverWritten')) {
    await offerToWrite(device, total);
    return;
  }
  const summary = [`${name}: ${verified}/${total} sectors verified`, ...countMissing(verification)].join(
    ', ',
  );
  const chosen = await (verified === total ? inform : warn)(`${summary}.`, showReport);
  if (chosen !== showReport) return;
  const text = formatVerification(verification);
  await reports.show({ title: `${name} markers`, text, links: linksOf(device, 'markers') });
}

/** Nothing is lost where nothing was written. */
async function offerToWrite({ name, spec }: RemapDevice, total: number): Promise<void> {
  const writeMarkers = 'Write Markers';
  const chosen = await inform(
    `${name}: none of its ${plural(total, 'marker')} was written yet.`,
    writeMarkers,
  );
  if (chosen !== writeMarkers) return;
  // As from its item: the person is asked where that overwrites something.
  const origin = { treeReference: true, deviceKey: deviceKeyOf(spec) };
  await vscode.commands.executeCommand(commands.writeMarkers, origin);
}

function followedBy(task: Task) {
  return {
    signal: task.signal,
    onProgress: (done: number, total: number) => task.report(`${done} of ${total}`, done / total),
  };
}
