/** The one door to the engine. */
export * from './block/blockDevice';
export { copyImage } from './block/copyImage';
export type { FlakeyConfig } from './block/flakeyConfig';
export { createImage, openImage } from './block/image';
export { mergeRanges } from './block/range';
export { RangeSet } from './block/rangeSet';
export { parseFlakeyTable } from './dmsetup/flakeyTable';
export { MINIMUM_MAIN_SECTORS, minimumSpareSectors } from './dmsetup/sizing';
export { type Dialect, parseStatus, type StatusLine } from './dmsetup/status';
export { describeStatus, type StatusFormat } from './dmsetup/statusTools';
export * from './errors';
export type { MarkerResult, MarkerVerification } from './marker/markerIo';
export { DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE, markerText } from './marker/markerText';
export type { BlockMap } from './media/blockMap';
export { loadMapfile } from './media/mediumFile';
export { type Field, textOf } from './metadata/codec/layout';
export {
  COPY_COUNT,
  COPY_STRIDE_SECTORS,
  STRUCTURE_BYTES,
  STRUCTURE_SECTORS,
  v4Fields,
} from './metadata/codec/v4';
export { MetadataStore } from './metadata/metadataStore';
export * from './module/contracts';
export { mapfilePath } from './module/disk';
export { createImages, formatSpare, inspectSpare, type NewImages } from './module/images';
export { Machine } from './module/machine';
export type * from './module/machineOptions';
export { summarizeInspection } from './module/metadataReport';
export { kernelModuleName, parseModuleName } from './module/moduleTable';
export { type FoundDevice, findDevices, type Reassembly, type ReassemblyProblem } from './module/reassembly';
export { describeOrigin, type MarkerRequest, RemapDevice } from './module/remapDevice';
export { PauseSwitch, type ScrubOptions, type ScrubProgress, type ScrubReport } from './module/scrub';
export { findNonZero, MAX_REQUEST_SECTORS, readSectors } from './module/sectorIo';
export type { Overview } from './module/sectorMap';
export { SerialQueue } from './module/serialQueue';
export { FIRST_DATA_SECTOR } from './remap/spareAllocator';
export * from './scenario';
