import type { DevicesService } from '../devices/devicesService';
import { askDevice } from '../frame/askDevice';
import { defineAction } from '../frame/command';
import { openText } from '../frame/openText';
import { uiCommands } from '../manifest';

/** Commands that open or refresh something in the window. */
export function windowCommands(devices: DevicesService) {
  return {
    [uiCommands.openDeviceFile]: defineAction('Open Device File as Text', async (origin, dialog) => {
      const entry = await askDevice(devices, origin, dialog, {
        among: ({ deviceFile }) => deviceFile !== null,
        none: 'no device has a device file',
      });
      if (entry.deviceFile) await openText(entry.deviceFile);
    }),
    [uiCommands.refresh]: defineAction('Refresh', () => devices.search()),
    [uiCommands.showLog]: defineAction('Show Log', async () => devices.log.show()),
  };
}
