import type { ScriptImage } from '../dmsetup/shellScript';
import type { Disk } from './disk';

/** A disk as the shell script builds it. */
export function describeImage(disk: Disk): ScriptImage {
  return { path: disk.path, sectorCount: disk.sectorCount, badSectors: [...disk.medium.badSectors] };
}
