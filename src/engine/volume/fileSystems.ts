import { openExfat } from './exfat/exfatFileSystem';
import { openExt } from './ext/openExt';
import { openFat } from './fat/fatFileSystem';
import { openNtfs } from './ntfs/openNtfs';
import type { FileSystem } from './volumeContracts';
import type { VolumeReader } from './volumeReader';

/** Opens a file system of one kind; null where the volume has none, or where nothing of it can be read. */
export type FileSystemOpener = (reader: VolumeReader) => Promise<FileSystem | null>;

/** The file systems that are looked into. */
export const OPENERS: readonly FileSystemOpener[] = [openNtfs, openExfat, openExt, openFat];
