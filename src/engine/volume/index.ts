/** The one door to volumes: what a disk holds, whose a sector is, where a file lies, and what is lost. */
export { reportDamage } from './damage';
export type * from './damageContracts';
export { damageCsv } from './damageCsv';
export { DiskVolumes, type VolumeInfo } from './diskVolumes';
export { domainMap } from './domainMap';
export { type ContentsRead, FileContents } from './fileContents';
export { type FileSectors, sectorsOf } from './fileSectors';
export type { Owner } from './owner';
export { OwnerMap } from './ownerMap';
export { type RemappedFile, remappedFiles } from './remappedFiles';
export type { FileSystem, Records, SectorSource, WalkOptions } from './volumeContracts';
export { walkPaths } from './walkPaths';
