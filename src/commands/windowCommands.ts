import type { DevicesService } from '../devices/devicesService';
import { askDevice } from '../frame/askDevice';
import { askToWrite } from '../frame/askToWrite';
import { defineAction } from '../frame/command';
import { mention } from '../frame/notifications';
import { openText } from '../frame/openText';
import { isTreeReference } from '../frame/treeReference';
import { uiCommands } from '../manifest';

/** Commands that open or refresh something. */
export function windowCommands(devices: DevicesService) {
  return {
    [uiCommands.openDeviceFile]: defineAction('Open Device File as Text', async (origin, dialog) => {
      const entry = await askDevice(devices, origin, dialog, {
        among: ({ deviceFile }) => deviceFile !== null,
        none: 'no device has a device file',
      });
      if (entry.deviceFile) await openText(entry.deviceFile);
    }),
    [uiCommands.openForWriting]: defineAction('Open Device for Writing', async (origin, dialog) => {
      devices.policy.requireTrust();
      const entry = await askDevice(devices, origin, dialog, {
        among: ({ device }) => device?.spec.readOnly !== undefined,
        none: 'no device is open read-only that could be opened for writing',
      });
      const choice = await askToWrite(devices, entry);
      if (!choice || choice.readOnly !== undefined) return;
      const { name } = await devices.assemble(entry, { forWriting: true });
      mention(`${name} is open for writing`);
    }),
    [uiCommands.useMap]: defineAction('Use This Map', async (origin) => {
      if (!isTreeReference(origin)) return;
      const { imagePath } = origin;
      if (imagePath !== undefined) await devices.useMap(imagePath);
    }),
    [uiCommands.refresh]: defineAction('Refresh', () => devices.search()),
    [uiCommands.showLog]: defineAction('Show Log', async () => devices.log.show()),
  };
}
