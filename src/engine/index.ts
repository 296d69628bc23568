/** The one door to the engine. */
export * from './block/blockDevice';
export type { FlakeyConfig } from './block/flakeyConfig';
export { createImage, openImage } from './block/image';
export { mergeRanges } from './block/range';
export { parseFlakeyTable } from './dmsetup/flakeyTable';
export { MINIMUM_MAIN_SECTORS, minimumSpareSectors } from './dmsetup/sizing';
export { type Dialect, parseStatus, type StatusLine } from './dmsetup/status';
export { describeStatus, type StatusFormat } from './dmsetup/statusTools';
export * from './errors';
export type { MarkerResult, MarkerVerification } from './marker/markerIo';
export { DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE, markerText } from './marker/markerText';
export * from './module/contracts';
export { createImages, formatSpare, inspectSpare, type NewImages } from './module/images';
export {
  type BeforeAndAfter,
  Machine,
  type MachineOptions,
  type RebootOptions,
  type ReloadOptions,
} from './module/machine';
export { summarizeInspection } from './module/metadataReport';
export { kernelModuleName, parseModuleName } from './module/moduleTable';
export { describeOrigin, type MarkerRequest, RemapDevice } from './module/remapDevice';
export { findNonZero, MAX_REQUEST_SECTORS, readSectors } from './module/sectorIo';
export type { Overview } from './module/sectorMap';
