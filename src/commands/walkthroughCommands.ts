import * as vscode from 'vscode';
import { describeSurvival, formatSurvival, type Survival } from '../contract/survival';
import type { DevicesService } from '../devices/devicesService';
import { deviceKeyOf } from '../devices/writePolicy';
import { type RemapDevice, RemapError } from '../engine';
import { askAssembled } from '../frame/askDevice';
import { type CommandHandler, defineAction } from '../frame/command';
import type { Dialog } from '../frame/dialog';
import { inform, warn } from '../frame/notifications';
import { withProgress } from '../frame/progress';
import { commands, walkthroughCommands as ids } from '../manifest';
import { askNewDevice, SMALL_DEVICE } from './askNewDevice';
import { mayOverwriteByMarkers } from './markerCommands';
import { confirmReboot, confirmReload, isLoaded, waitSetting } from './moduleCommands';
import { linksOf, type ReportDocuments } from './reportDocuments';

const SETTLING_MS = 500;

/**
 * The buttons of the walkthrough. Each acts on the active device and shows the sector that it is about beside the
 * walkthrough, which keeps the focus.
 */
export function walkthroughCommands(devices: DevicesService, reports: ReportDocuments) {
  return {
    [ids.createDevice]: whenSettled(
      defineAction('Create Device', async (_origin, dialog) => {
        devices.policy.requireTrust();
        const { device } = await devices.create(await askNewDevice(undefined, dialog, SMALL_DEVICE));
        devices.setFocus(deviceKeyOf(device.spec));
        await showSector(device, 0);
      }),
    ),
    [ids.writeMarkers]: defineAction('Write Markers', async (_origin, dialog) => {
      const device = await activeDevice(devices, dialog);
      if (!(await mayOverwriteByMarkers(device))) return;
      const { remapped } = await devices.markers.write(device);
      await showSector(device, remapped[0] ?? device.spec.markers.sectors[0]);
    }),
    [ids.breakSector]: defineAction('Break a Sector', async (_origin, dialog) => {
      const device = await activeDevice(devices, dialog);
      await showSector(device, await breakMarker(device));
    }),
    [ids.reload]: defineAction('Reload and Verify', async (_origin, dialog) => {
      const device = await activeDevice(devices, dialog);
      if (!isLoaded(devices, 'metadata') && !(await confirmReload(devices))) return;
      await survive(devices, reports, { device, what: 'the reload' }, () =>
        withProgress(
          'Reloading the module',
          ({ signal, report }) =>
            devices.reload(device.name, { waitMs: waitSetting() * 1000, signal, onStep: report }),
          { cancellable: true },
        ),
      );
    }),
    [ids.cutPower]: defineAction('Cut the Power', async (_origin, dialog) => {
      const device = await activeDevice(devices, dialog);
      if (!concernsOnly(devices, device) && !(await confirmReboot(devices, true))) return;
      await survive(devices, reports, { device, what: 'the power loss' }, () =>
        withProgress('Cutting the power', ({ report }) =>
          devices.reboot({ powerLoss: true, onStep: report }),
        ),
      );
    }),
  };
}

/** Begins when a question keeps the focus: VS Code gives it to the step 250 ms after Enter was pressed on its button. */
function whenSettled(handle: CommandHandler<undefined>): CommandHandler<undefined> {
  return async (devices, args) => {
    await new Promise((resolve) => setTimeout(resolve, SETTLING_MS));
    return handle(devices, args);
  };
}

/** The device that the person works with; it is assembled if it isn't yet. @throws RemapError `ENODEV`: there is none */
function activeDevice(devices: DevicesService, dialog: Dialog): Promise<RemapDevice> {
  const focused = devices.focus();
  const own = devices.entries().filter(({ scenario }) => scenario === undefined);
  const active =
    own.find(({ deviceKey }) => deviceKey === focused?.deviceKey) ??
    own.find(({ device }) => device) ??
    own[0];
  if (!active)
    throw new RemapError(
      'ENODEV',
      'there is no device yet: create one, as the first step of the walkthrough does',
    );
  return askAssembled(devices, { treeReference: true, deviceKey: active.deviceKey }, dialog);
}

async function showSector({ spec }: RemapDevice, sector = 0): Promise<void> {
  await vscode.commands.executeCommand(commands.openSectors, deviceKeyOf(spec), {
    view: 'device',
    sector,
    beside: true,
  });
}

/**
 * Makes the first marker's sector bad that is still on main; one that is bad already is not joined by another.
 * @returns the sector
 * @throws RemapError `ENOENT` when no marker is on main
 */
async function breakMarker(device: RemapDevice): Promise<number> {
  const kinds = device.spec.markers.sectors.map(
    (sector) => [sector, device.origins('device', sector, 1)[0]?.kind] as const,
  );
  const broken = kinds.find(([, kind]) => kind === 'bad');
  if (broken) return broken[0];
  const healthy = kinds.find(([, kind]) => kind === 'main');
  if (!healthy)
    throw new RemapError(
      'ENOENT',
      `no marker of ${device.name} is on its main image any more: create another device`,
    );
  await device.injectErrors({ sectors: [[healthy[0], 1]] });
  return healthy[0];
}

/** Whether a power loss takes down nothing but this device, which comes back by itself: then there is nothing to ask. */
function concernsOnly(devices: DevicesService, { name, displaced }: RemapDevice): boolean {
  const isAlone = devices.machine.devices().every((device) => device.name === name);
  return isAlone && displaced.length === 0 && isLoaded(devices, 'setup-reassembly');
}

/** Takes the device down and up, verifies its markers, shows the one that moved, and tells what came through. */
async function survive(
  devices: DevicesService,
  reports: ReportDocuments,
  { device, what }: { readonly device: RemapDevice; readonly what: string },
  restart: () => Promise<unknown>,
): Promise<void> {
  const deviceKey = deviceKeyOf(device.spec);
  const before = device.info();
  await restart();
  const back = devices.find(deviceKey).device ?? (await devices.assemble(deviceKey));
  const after = back.info();
  const verification = await devices.markers.verify(back);
  const { sectors } = back.spec.markers;
  await showSector(
    back,
    sectors.find((sector) => back.origins('device', sector, 1)[0]?.kind === 'spare') ?? sectors[0],
  );
  void tellSurvival(reports, back, { what, before, after, verification });
}

async function tellSurvival(
  reports: ReportDocuments,
  device: RemapDevice,
  survival: Survival,
): Promise<void> {
  const { verified, total } = survival.verification;
  const showReport = 'Show Report';
  const tell = verified === total ? inform : warn;
  if ((await tell(describeSurvival(survival), showReport)) !== showReport) return;
  const text = formatSurvival(survival);
  await reports.show({ title: `${device.name} markers`, text, links: linksOf(device, 'markers') });
}
