import { askDevice } from '../devices/askDevice';
import { defineAction } from '../devices/define';
import type { DevicesService } from '../devices/devicesService';
import { openText } from '../devices/messages';
import { uiCommands } from '../manifest';

/** Commands that only open something. */
export function showCommands(devices: DevicesService) {
  return {
    [uiCommands.openDeviceFile]: defineAction(async (target) => {
      const entry = await askDevice(devices, target, {
        title: 'Open Device File as Text',
        among: ({ deviceFile }) => deviceFile !== null,
        none: 'no device has a device file',
      });
      if (entry?.deviceFile) await openText(entry.deviceFile);
    }),
    [uiCommands.refresh]: defineAction(() => devices.scan()),
    [uiCommands.showLog]: defineAction(() => devices.log.show()),
  };
}
