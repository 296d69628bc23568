export { BUILT_IN } from './catalog';
export type { DecodedField, DecodedLink, DecodedStructure } from './decode';
export type { StructureDescription } from './description';
export type { DiskSectors } from './diskSectors';
export { KnownBytes } from './knownBytes';
export { recordsAt } from './lists';
export { recognizeAt } from './recognize';
export { readDescription } from './userDescription';
export { decodeVolumeRecords } from './volumeRecords';
