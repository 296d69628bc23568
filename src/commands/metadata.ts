import * as vscode from 'vscode';
import { askDevice } from '../devices/askDevice';
import { define, type Target } from '../devices/define';
import type { DevicesService } from '../devices/devicesService';
import { plural } from '../devices/format';
import { checkMetadata } from '../devices/metadataCheck';
import { isTreeTarget } from '../devices/target';
import { mergeRanges } from '../engine';
import { commands } from '../manifest';
import { askAssembled, mention } from './ask';
import type { Reports } from './reports';
import { formatMetadata } from './reportText';
import { formatRanges } from './typedInput';

/** Commands on the five metadata copies of a spare. */
export function metadataCommands(devices: DevicesService, reports: Reports) {
  return {
    [commands.checkMetadata]: define({
      progress: 'Checking the metadata',
      fromCode: ([reference]) => reference,
      fromPerson: (target) => askSpare(devices, target),
      run: async (reference) => {
        const report = await checkMetadata(devices, reference);
        announce(devices, reference);
        return report;
      },
      tell: (report) => reports.show('metadata copies', formatMetadata(report)),
    }),
    [commands.repairMetadata]: define({
      progress: 'Repairing the metadata',
      fromCode: ([reference]) => devices.get(reference),
      fromPerson: (target) => askAssembled(devices, target, 'Repair Metadata'),
      run: async (device) => {
        const report = await device.repairMetadata();
        announce(devices, device.name);
        return report;
      },
      tell: ({ copies }) => mention(`${copies.filter(({ valid }) => valid).length} of 5 copies valid`),
    }),
    [commands.relocate]: define({
      progress: 'Relocating remaps',
      fromCode: ([reference]) => devices.get(reference),
      fromPerson: (target) => askAssembled(devices, target, 'Relocate Remaps'),
      run: (device) => device.relocate(),
      tell: ({ relocated, lost }) => {
        const moved = `${plural(relocated, 'remap')} relocated`;
        if (lost.length === 0) return mention(moved);
        const sectors = formatRanges(mergeRanges(lost.map((sector) => [sector, 1])));
        void vscode.window.showWarningMessage(
          `${moved}. The metadata had overwritten the data of ${plural(lost.length, 'sector')}: ${sectors}.`,
        );
      },
    }),
  };
}

async function askSpare(devices: DevicesService, target: Target): Promise<unknown> {
  if (target instanceof vscode.Uri) return target;
  if (isTreeTarget(target) && target.imagePath !== undefined) return target.imagePath;
  return askDevice(devices, target, { title: 'Check Metadata' });
}

/** Views that show the copies look again. */
function announce(devices: DevicesService, reference: unknown): void {
  const device = devices.entries().find((entry) => entry.name === reference || entry === reference)?.name;
  if (device === undefined) return;
  devices.verdicts.forgetMetadata(device);
  devices.announceVerdicts(device);
}
