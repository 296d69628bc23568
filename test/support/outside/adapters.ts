import { NetworkFs } from './networkFs';
import { putFiles, putHost } from './putDoors';
import { QuotaFs } from './quotaFs';
import { type Numbers, WindowsFs } from './windowsFs';

const MEBIBYTE = 1024 * 1024;

/** Puts Windows behind both doors, until the test ends. */
export function putWindows(
  changed: Partial<Pick<WindowsFs, 'busyTimes' | 'hasLinks' | 'hasRealPaths'>> & { numbers?: Numbers } = {},
): WindowsFs {
  const windows = Object.assign(new WindowsFs(), changed);
  putFiles(windows.files);
  putHost({
    platform: 'win32',
    machineId: async () => 'windows',
    bootId: async () => null,
    pidNamespace: () => null,
    wait: async () => undefined,
  });
  return windows;
}

/** Puts a share behind the door, until the test ends. */
export function putNetwork(): NetworkFs {
  const network = new NetworkFs();
  putFiles(network.files);
  return network;
}

/** Puts a small disk without holes behind the door, until the test ends. */
export function putQuota(quotaBytes: number): QuotaFs {
  const disk = new QuotaFs(quotaBytes);
  putFiles(disk.files);
  return disk;
}

/** File systems that differ from ours in what the engine must get along with. */
export const ADAPTERS: readonly { readonly name: string; readonly put: () => void }[] = [
  { name: 'Windows under a virus scanner', put: () => putWindows({ busyTimes: 3, numbers: 'none by path' }) },
  { name: 'Windows of libuv 1.49', put: () => putWindows({ numbers: 'no device' }) },
  {
    name: 'a RAM disk of Windows',
    put: () => putWindows({ numbers: 'none', hasLinks: false, hasRealPaths: false }),
  },
  { name: 'a share whose numbers are equal', put: () => putWindows({ numbers: 'equal', busyTimes: 1 }) },
  { name: 'a share whose numbers change', put: () => putWindows({ numbers: 'changing' }) },
  { name: 'a network share', put: putNetwork },
  { name: 'a small disk without holes', put: () => putQuota(64 * MEBIBYTE) },
];
