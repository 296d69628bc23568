import { type ShellScriptImage, shellScript } from '../dmsetup/shellScript';
import type { DeviceParts } from './deviceParts';
import type { Disk } from './disk';

/** A shell script that builds the same stack on a Linux machine with the real module. */
export function deviceShellScript({ spec, stack }: DeviceParts): string {
  return shellScript({
    name: spec.name,
    main: imageOf(stack.main),
    spare: imageOf(stack.firstSpare),
    flakey: stack.flakeyTable,
  });
}

function imageOf(disk: Disk): ShellScriptImage {
  return { path: disk.path, sectorCount: disk.sectorCount, badSectors: [...disk.medium.badSectors] };
}
