/** The one door to the engine. */
export * from './block/blockDevice';
export { breakLock, type DoubtfulLock, findDoubtfulLock } from './block/breakLock';
export { findDataRuns, findEmptyRuns } from './block/dataRuns';
export { fileError } from './block/fileError';
export { compareIds, type FileIdentity } from './block/fileIdentity';
export type { FlakeyConfig } from './block/flakeyConfig';
export { describeFullDisk, isFullDisk } from './block/fullDisk';
export { createImage, imageContainer, openImage } from './block/image';
export { requireFree } from './block/imageLock';
export type { ImageRoom } from './block/imageRoom';
export type { MediumFault } from './block/mediumFault';
export { describeStatusOf, statusOfTag } from './block/notRescued';
export { countSectors, mergeRanges, subtractRanges } from './block/range';
export { RangeSet } from './block/rangeSet';
export { openRegularFile, readRegularFile } from './block/regularFile';
export { temporaryPathFor } from './block/temporaryFile';
export { MergedRuns } from './concurrency/mergedRuns';
export { PauseSwitch } from './concurrency/pauseSwitch';
export { SerialQueue } from './concurrency/serialQueue';
export { type Comparison, compareDisks } from './device/compareDisks';
export { copyImageAndMapfile } from './device/copyImageAndMapfile';
export * from './device/deviceContracts';
export { mapfilePath } from './device/disk';
export { type MergedRescue, mergeRescues, type Rescue } from './device/mergeRescues';
export { readSectors } from './device/readSectors';
export { RemapDevice } from './device/remapDevice';
export type { SavedImage } from './device/saveOpenImage';
export type { ScanReport } from './device/scan';
export type { DeviceSymptoms } from './device/symptoms';
export { openVolumeTarget, type VolumeTarget, volumeTargetOf } from './device/volumeTarget';
export { flakeyHints, parseFlakeyTable } from './dmsetup/flakeyTable';
export type { HealthTerm } from './dmsetup/healthScore';
export { shellQuote } from './dmsetup/shellScript';
export { MINIMUM_MAIN_SECTORS, minimumSpareSectors } from './dmsetup/sizing';
export { type Dialect, parseStatus } from './dmsetup/status';
export { describeStatus } from './dmsetup/statusTools';
export * from './errors';
export type * from './export/exportContracts';
export { exportDevices } from './export/exportServer';
export { type Listener, listen } from './export/listener';
export {
  checkSpare,
  checkSpares,
  createImages,
  formatSpare,
  inspectSpare,
  matchMain,
} from './machine/images';
export { Machine } from './machine/machine';
export * from './machine/machineContracts';
export type * from './machine/machineOptions';
export { kernelModuleName } from './machine/moduleTable';
export { findDevices, type ReassemblyProblem } from './machine/reassembly';
export { loadMapfile, loadMedium } from './mapfile/mapfileIo';
export { describeMapSize } from './mapfile/mapSize';
export { markWritten } from './mapfile/markWritten';
export { textBytes } from './mapfile/textEncoding';
export { type StagedText, stageTextFile } from './mapfile/textFile';
export type { MarkerResult, MarkerVerification } from './marker/markerIo';
export { DEFAULT_MARKER_SECTORS, DEFAULT_MARKER_TEMPLATE, markerText, printable } from './marker/markerText';
export { extrasLayout } from './metadata/codec/extras';
export type { Field } from './metadata/codec/fieldLayout';
export { scriptLayout } from './metadata/codec/scriptFormat';
export { tableRecord, tableSectorHeader } from './metadata/codec/tableSector';
export {
  CHECKSUM_OFFSET,
  COPY_COUNT,
  COPY_STRIDE_SECTORS,
  copyHolding,
  EXPANSION_OFFSET,
  entryOffset,
  MAX_ENTRIES,
  STRUCTURE_BYTES,
  STRUCTURE_SECTORS,
  v4Entry,
  v4Expansion,
  v4Header,
} from './metadata/codec/v4';
export type { MetadataInspection } from './metadata/inspect';
export { MetadataStore } from './metadata/metadataStore';
export { removeFile, renameFile } from './outside/patience';
export type { Relocation } from './remap/relocation';
export type { RemapFilter, RemapOrder } from './remap/remapOrder';
export { FIRST_DATA_SECTOR } from './remap/spareAllocator';
export type { DeviceStatistics } from './remap/statistics';
export * from './scenario';
export * from './volume';
export { CRC32C_START, crc32c } from './volume/ext/checksums';
